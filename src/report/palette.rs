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
pub const CHANCE: Colour = Colour::Rgb(0xC9, 0xCF, 0xD6);
/// Many small things together.
pub const OTHERS: Colour = Colour::Rgb(0xAA, 0xAA, 0xAA);

/// Colour of a policy, by its number from 0.
pub fn policy(number: usize) -> Colour {
    const ALL: [Colour; 6] = [
        BLUE,
        ORANGE,
        Colour::Rgb(0x00, 0x9E, 0x73),
        Colour::Rgb(0xCC, 0x79, 0xA7),
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
        Entry::Relaunched => Colour::Rgb(0x8C, 0x2D, 0x04),
        Entry::Entrant => Colour::Rgb(0xD9, 0x48, 0x01),
        Entry::Shadow => Colour::Rgb(0xF1, 0x69, 0x13),
        Entry::Hub => Colour::Rgb(0x88, 0x41, 0x7D),
        Entry::PeerToPeer => Colour::Rgb(0xE6, 0x9F, 0x00),
        Entry::Foreign => Colour::Rgb(0x56, 0xB4, 0xE9),
        Entry::Licensed => Colour::Rgb(0x00, 0x9E, 0x73),
        Entry::Outside => Colour::Rgb(0x00, 0x72, 0xB2),
        Entry::Deferred => Colour::Rgb(0x44, 0x44, 0x44),
        Entry::GivenUp => Colour::Rgb(0x8a, 0x8a, 0x8a),
        Entry::NotArisen => Colour::Rgb(0xc4, 0xc4, 0xc4),
    }
}

/// Colour of a destination of traced money: dark where it is exchanged without a licence again, between in deals between persons.
pub fn destination(to: Destination) -> Colour {
    match to.class() {
        Some(class) if class.is_unlicensed() => Colour::Rgb(0x55, 0x55, 0x55),
        Some(Class::PeerToPeer) => Colour::Rgb(0x86, 0x86, 0x86),
        _ => Colour::Rgb(0xb8, 0xb8, 0xb8),
    }
}
