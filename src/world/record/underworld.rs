//! Columns of the table of pyramids, illegal farms and rackets: one row for each day.
//!
//! Deliberately absent: the turnover of pyramids' members and of farms by venue class, which is in the daily table.

columns! {
    /// Columns of the underworld table: one row for each day.
    Underworld:
    PyramidsOpen = "pyramids_open", "pyramids", "Pyramids that recruit and pay at the end of the day (a stock)";
    PyramidMembers = "pyramid_members", "people", "Members of open pyramids at the end of the day (a stock)";
    PyramidRecruits = "pyramid_recruits", "people", "People who joined a pyramid today, rounded";
    PyramidInflow = "pyramid_inflow_kzt", "KZT", "Paid into pyramids today: what their members bought, net of fees";
    PyramidPaidOut = "pyramid_paid_out_kzt", "KZT", "Paid by pyramids to members today";
    PyramidFunds = "pyramid_funds_kzt", "KZT", "Funds of open pyramids at the end of the day (a stock)";
    PyramidsFounded = "pyramids_founded", "pyramids", "Pyramids founded today";
    PyramidsCollapsed = "pyramids_collapsed", "pyramids", "Pyramids that could not pay today";
    PyramidsDismantled = "pyramids_dismantled", "pyramids", "Pyramids dismantled by the agency today";
    PyramidVictims = "pyramid_victims", "people", "Members of pyramids that collapsed or were dismantled today";
    PyramidVictimsSeen = "pyramid_victims_seen", "people", "Members of pyramids dismantled today";
    PyramidLosses = "pyramid_losses_kzt", "KZT", "Lost by members of pyramids that collapsed or were dismantled today: paid in, less what was paid out and recovered";
    PyramidRecovered = "pyramid_recovered_kzt", "KZT", "Recovered from pyramids today";
    PyramidFrozen = "pyramid_frozen_kzt", "KZT", "Coins of pyramids frozen today";
    FarmsRunning = "farms_running", "farms", "Illegal farms that are neither stopped nor closed at the end of the day (a stock)";
    FarmsProtected = "farms_protected", "farms", "Running farms that officials or a racket keep safe from inspections (a stock)";
    FarmsIdle = "farms_idle", "farms", "Running farms that mine nothing today since coins do not pay their cost";
    FarmsOpened = "farms_opened", "farms", "Illegal farms that opened today, or started again";
    FarmsInspected = "farms_inspected", "farms", "Inspections ordered today";
    FarmsStopped = "farms_stopped", "farms", "Farms that stopped today at the threat of an inspection alone";
    FarmsClosed = "farms_closed", "farms", "Farms closed by an inspection today";
    FarmMined = "farm_mined_kzt", "KZT", "Coins mined by illegal farms today";
    FarmSold = "farm_sold_kzt", "KZT", "Coins of illegal farms sold at venues today";
    RacketsActive = "rackets_active", "rackets", "Rackets that squeeze farms at the end of the day (a stock)";
    RacketIncome = "racket_income_kzt", "KZT", "Taken by rackets from farms today";
    RacketsBroken = "rackets_broken", "rackets", "Rackets broken up by the agency today";
    RacketArrests = "racket_arrests", "people", "People of rackets arrested today";
}
