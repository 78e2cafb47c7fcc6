//! The books: every transfer has two sides, and money is made or lost only by named sources and sinks.
//!
//! Accounts are sectors, not persons. What entities hold themselves (floats, wealth, dealers' coins,
//! card balances) is reconciled with the sector accounts every day.
//!
//! Deliberately absent: prices, decisions, and any floating-point number.

use bevy_ecs::prelude::*;

use world::units::Kzt;

/// An account of the world. Crypto is valued in tenge at the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Account {
    /// Source: income of customers and proceeds of fraud that are brought to venues.
    Income,
    /// Sink: what customers bought (coins kept, spent or sent) and dealers and operators spent.
    Spending,
    /// Source and sink: wholesale money and coins, with which venues and their clients fill floats.
    Wholesale,
    /// Source: payments of drug buyers abroad to dealers who use hubs here.
    DrugSalesAbroad,
    /// Source and sink: exchangers in other countries, who keep their fee.
    ExchangersAbroad,
    /// Floats of venues, clients' balances included.
    Floats,
    /// Wealth of operators of illicit platforms.
    OperatorWealth,
    /// Profits of licensed, foreign and peer-to-peer venues.
    Profits,
    /// Coins held by dealers.
    DealerCoins,
    /// Money on mule cards.
    CardBalances,
    /// Sink: sellers of mule cards.
    CardSellers,
    /// Frozen by issuers and banks.
    Frozen,
    /// Seized by the agency, until a court decides.
    Seized,
    /// Sink: confiscated by courts.
    Confiscated,
    /// Sink: lost with stopped cards and to couriers.
    Lost,
    /// Source: coins that farms mine, and of legal ones what they pay in levies.
    Mining,
    /// Coins of illegal farms not sold yet.
    FarmCoins,
    /// Money that farms took for coins, until the end of the month.
    FarmCash,
    /// Money of rackets.
    RacketCash,
    /// Funds of pyramids.
    PyramidFunds,
    /// Sink: what operators of pyramids took.
    PyramidOperators,
    /// Sink: levies and fines that the state took in.
    Revenue,
    /// Source: what banks earn, of which they pay fines.
    Banks,
}

/// Number of accounts.
pub const ACCOUNTS: usize = Account::Banks as usize + 1;

/// The sector accounts.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    balances: [Kzt; ACCOUNTS],
}

impl Ledger {
    /// Moves an amount (may be negative: then the other way).
    pub fn transfer(&mut self, from: Account, to: Account, amount: Kzt) {
        self.balances[from as usize] -= amount;
        self.balances[to as usize] += amount;
    }

    /// Balance of an account; sources are negative.
    pub fn balance(&self, account: Account) -> Kzt {
        self.balances[account as usize]
    }

    /// Sum of all accounts: zero, always.
    pub fn total(&self) -> Kzt {
        self.balances.iter().copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_has_two_sides() {
        let mut ledger = Ledger::default();
        ledger.transfer(Account::Income, Account::Floats, Kzt(500));
        ledger.transfer(Account::Floats, Account::Seized, Kzt(200));
        assert_eq!(ledger.balance(Account::Income), Kzt(-500));
        assert_eq!(ledger.balance(Account::Floats), Kzt(300));
        assert_eq!(ledger.balance(Account::Seized), Kzt(200));
        assert_eq!(ledger.total(), Kzt::ZERO);
    }

    #[test]
    fn the_total_is_of_all_accounts() {
        let mut balances = [Kzt(1); ACCOUNTS];
        balances[Account::Lost as usize] = Kzt(-5);
        assert_eq!(Ledger { balances }.total(), Kzt(ACCOUNTS as i64 - 6));
    }
}
