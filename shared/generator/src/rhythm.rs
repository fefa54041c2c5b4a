//! When in a day something is done.

/// How the calls of a habit spread over a day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// As customers shop: few at night, most at noon and in the evening.
    Shop,
    /// As people work: from 8 to 18 o'clock, less at lunch.
    Office,
    /// Evenly.
    Steady,
    /// Between these hours, evenly.
    Nightly(u8, u8),
}

impl Rhythm {
    /// How much is done at an hour of the day, of 24, against other hours.
    pub(crate) fn at(self, hour: f64) -> f64 {
        let bell = |top: f64, width: f64| (-((hour - top) / width).powi(2)).exp();
        match self {
            Self::Shop => 0.12 + 0.8 * bell(12.0, 3.0) + bell(19.5, 2.5),
            Self::Office if !(8.0..18.0).contains(&hour) => 0.0,
            Self::Office => 1.0 - 0.7 * bell(12.25, 0.5),
            Self::Steady => 1.0,
            Self::Nightly(from, to) => f64::from(u8::from((f64::from(from)..f64::from(to)).contains(&hour))),
        }
    }

    /// The sum of [`Rhythm::at`] over the 288 times five minutes of a day, about.
    pub(crate) fn whole_day(self) -> f64 {
        match self {
            Self::Shop => 138.5,
            Self::Office => 112.6,
            Self::Steady => 288.0,
            Self::Nightly(from, to) => 12.0 * (f64::from(to) - f64::from(from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_over_a_day_is_what_is_said() {
        for rhythm in [Rhythm::Shop, Rhythm::Office, Rhythm::Steady, Rhythm::Nightly(2, 5)] {
            let sum: f64 = (0..288).map(|slice| rhythm.at(f64::from(slice) / 12.0)).sum();
            assert!((sum / rhythm.whole_day() - 1.0).abs() < 0.01, "{rhythm:?}: {sum}");
        }
    }
}
