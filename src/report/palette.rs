//! Colours that mean the same in every figure. Source: Okabe & Ito 2008, told apart by the colour-blind; some darker, for text on white.

use super::chart::Colour;
use study::comparison::Entry;
use world::record::Destination;
use world::units::Class;

/// The baseline.
pub const BASELINE: Colour = Colour::Rgb(0x66, 0x66, 0x66);
/// What is seen, met or first: blue.
pub const BLUE: Colour = Colour::Rgb(0x00, 0x72, 0xB2);
/// What is true, missed or second: vermilion.
pub const ORANGE: Colour = Colour::Rgb(0xD5, 0x5E, 0x00);
/// What is not known.
pub const UNKNOWN: Colour = Colour::Rgb(0xAA, 0x4A, 0x80);
/// What chance does.
pub const CHANCE: Colour = Colour::Rgb(0x87, 0x8F, 0x99);
/// Many small things together.
pub const OTHERS: Colour = Colour::Rgb(0x8E, 0x8E, 0x8E);

/// Colour of a policy, by its number from 0.
pub fn policy(number: usize) -> Colour {
    const ALL: [Colour; 6] = [
        BLUE,
        ORANGE,
        Colour::Rgb(0x00, 0x9E, 0x73),
        Colour::Rgb(0xC4, 0x6E, 0x9E),
        Colour::Rgb(0xB8, 0x7C, 0x00),
        Colour::Rgb(0x2A, 0x8F, 0xC4),
    ];
    ALL[number % ALL.len()]
}

/// Colour of a scenario of a comparison, and whether its line is dashed because colours are used up.
pub fn arm(number: usize) -> (Colour, bool) {
    match number.checked_sub(1) {
        None => (BASELINE, false),
        Some(number) => (policy(number), number >= 6),
    }
}

/// Colour of a class of venues.
pub fn class(class: Class) -> Colour {
    match class {
        Class::Licensed => Colour::Rgb(0x00, 0x7d, 0x5a),
        Class::Shadow => ORANGE,
        Class::Hub => Colour::Rgb(0xB0, 0x52, 0x86),
        Class::Foreign => BLUE,
        Class::PeerToPeer => Colour::Rgb(0xA8, 0x6B, 0x00),
    }
}

/// Colour of an entry of the displacement account: without a licence at home warm, licensed green, foreign blue, gone grey.
pub fn entry(entry: Entry) -> Colour {
    match entry {
        Entry::Relaunched => Colour::Rgb(0xB8, 0x4A, 0x1C),
        Entry::Entrant => Colour::Rgb(0xD9, 0x48, 0x01),
        Entry::Shadow => Colour::Rgb(0xE4, 0x6A, 0x2A),
        Entry::Hub => Colour::Rgb(0xB0, 0x52, 0x86),
        Entry::PeerToPeer => Colour::Rgb(0xB8, 0x7C, 0x00),
        Entry::Foreign => Colour::Rgb(0x2A, 0x8F, 0xC4),
        Entry::Licensed => Colour::Rgb(0x00, 0x9E, 0x73),
        Entry::Outside => Colour::Rgb(0x00, 0x72, 0xB2),
        Entry::Deferred => Colour::Rgb(0x66, 0x66, 0x66),
        Entry::GivenUp => Colour::Rgb(0x7c, 0x7c, 0x7c),
        Entry::NotArisen => Colour::Rgb(0x94, 0x94, 0x94),
    }
}

/// Colour of a destination of traced money: dark where it is exchanged without a licence again, between in deals between persons.
pub fn destination(to: Destination) -> Colour {
    match to.class() {
        Some(class) if class.is_unlicensed() => Colour::Rgb(0x66, 0x66, 0x66),
        Some(Class::PeerToPeer) => Colour::Rgb(0x7c, 0x7c, 0x7c),
        _ => Colour::Rgb(0x94, 0x94, 0x94),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark page's ground, as `page.css` has it.
    const DARK: Colour = Colour::Rgb(0x17, 0x19, 0x1b);

    #[test]
    fn every_mark_is_told_from_light_and_dark_ground() {
        let entries = Entry::ALL.iter().map(|one| (format!("{one:?}"), entry(*one)));
        let classes = Class::ALL.iter().map(|one| (format!("{one:?}"), class(*one)));
        let ends = Destination::ALL.iter().map(|one| (format!("{one:?}"), destination(*one)));
        let policies = (0..6).map(|one| (format!("policy {one}"), policy(one)));
        let others = [BASELINE, UNKNOWN, CHANCE, OTHERS].map(|one| (format!("{one:?}"), one));
        let white = Colour::Rgb(0xff, 0xff, 0xff);
        for (name, colour) in entries.chain(classes).chain(ends).chain(policies).chain(others) {
            for ground in [white, DARK] {
                let (a, b) = (colour.luminance() + 0.05, ground.luminance() + 0.05);
                let contrast = a.max(b) / a.min(b);
                assert!(contrast >= 3.0, "{name} on {}: {contrast:.2}", ground.hex());
            }
        }
    }
}
