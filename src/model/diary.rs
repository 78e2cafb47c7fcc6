//! What actors count on a day, and how it becomes a run's record.
//!
//! An actor declares its series in its own file (`series!`) and counts in a [`Diary`] of them, or lets a board be read
//! ([`Counted`]); the list of all tables stands in `registry`, and `measure` keeps each reported day.

use std::marker::PhantomData;

use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use world::record::series::{Counts, SeriesList, SeriesTable};

/// What an actor counts on a day; empty every morning.
#[derive(Resource, Debug)]
pub struct Diary<S: SeriesList> {
    /// `[row · series + series]`.
    counts: Vec<i64>,
    of: PhantomData<S>,
}

impl<S: SeriesList> Clone for Diary<S> {
    fn clone(&self) -> Diary<S> {
        Diary { counts: self.counts.clone(), of: PhantomData }
    }
}

impl<S: SeriesList> Default for Diary<S> {
    fn default() -> Diary<S> {
        let table = S::TABLE;
        Diary { counts: vec![0; table.rows.number() * table.series.len()], of: PhantomData }
    }
}

impl<S: SeriesList> Diary<S> {
    /// Adds to a series that has one row a day.
    pub fn add(&mut self, series: S, amount: i64) {
        self.add_to(0, series, amount);
    }

    /// Adds to a series in a row of the day.
    pub fn add_to(&mut self, row: usize, series: S, amount: i64) {
        self.counts[row * S::TABLE.series.len() + series.index()] += amount;
    }

    /// Today's count of a series that has one row a day.
    pub fn of(&self, series: S) -> i64 {
        self.counts[series.index()]
    }
}

/// A board on which the counts of a day stand.
pub trait Counted: Resource + Component<Mutability = Mutable> {
    /// The series that it counts.
    type Of: SeriesList;
    /// Today's count of a series in a row of the day.
    fn today(&self, series: Self::Of, row: usize) -> i64;
    /// Forgets the day that is over.
    fn end_day(&mut self) {}
}

impl<S: SeriesList> Counted for Diary<S> {
    type Of = S;

    fn today(&self, series: S, row: usize) -> i64 {
        self.counts[row * S::TABLE.series.len() + series.index()]
    }

    fn end_day(&mut self) {
        self.counts.fill(0);
    }
}

/// A table of the record: its series, and how a day comes into it.
#[derive(Clone, Copy)]
pub struct Recorded {
    /// What the table is.
    pub table: &'static SeriesTable,
    /// Adds the day to the record, if it is reported, and ends it.
    pub day: fn(&mut EcsWorld, Option<&mut Counts>),
}

impl Recorded {
    /// A board or diary that its actor keeps.
    pub const fn daily<B: Counted>() -> Recorded {
        let day = |world: &mut EcsWorld, counts: Option<&mut Counts>| {
            let mut board = world.resource_mut::<B>();
            if let Some(counts) = counts {
                for (&series, column) in B::Of::ALL.iter().zip(&mut counts.columns) {
                    let rows = 0..counts.table.rows.number();
                    column.extend(rows.map(|row| board.today(series, row)));
                }
            }
            board.end_day();
        };
        Recorded { table: B::Of::TABLE, day }
    }

    /// A table that is filled when the run ends.
    pub const fn at_the_end(table: &'static SeriesTable) -> Recorded {
        Recorded { table, day: |_, _| () }
    }
}
