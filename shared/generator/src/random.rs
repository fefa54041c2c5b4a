//! Randomness from a seed alone: the same seed gives the same bytes, on every machine and on every day.

use fastrand::Rng;

/// A generator for one purpose: what is drawn for one never shows in another.
pub(crate) fn generator(seed: u64, purpose: &str) -> Rng {
    Rng::with_seed(hash(seed, purpose))
}

/// A number that stands for a seed and a text: FNV-1a, finished with the mixer of `SplitMix64`.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut mixed = seed.to_be_bytes().into_iter().chain(text.bytes()).fold(0xcbf2_9ce4_8422_2325, fold);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A random GUID, version 4.
pub(crate) fn guid(random: &mut Rng) -> String {
    let (high, low) = (random.u64(..), random.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

/// That many capital letters and digits of a number, as AWS makes its ids of.
pub(crate) fn id(number: u64, digits: usize) -> String {
    let mut random = Rng::with_seed(number);
    (0..digits).map(|_| capital_or_digit(&mut random)).collect()
}

/// The `requestID` of DynamoDB: 52 capital letters and digits.
pub(crate) fn request_id(random: &mut Rng) -> String {
    (0..32).map(|_| capital_or_digit(random)).chain("VV4KQNSO5AEMVJF66Q9A".chars()).collect()
}

/// One of the items, each as likely as the others; the first where there is none to choose from.
pub(crate) fn one_of<'a, T: ?Sized>(random: &mut Rng, items: &[&'a T], otherwise: &'a T) -> &'a T {
    items.get(random.usize(..items.len().max(1))).copied().unwrap_or(otherwise)
}

fn capital_or_digit(random: &mut Rng) -> char {
    let number = random.u8(..36);
    char::from(if number < 10 { b'0' + number } else { b'A' + number - 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_of_version_four() {
        let mut random = generator(1, "guids");
        for _ in 0..1000 {
            let guid = guid(&mut random);
            assert!(guid.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{guid}");
            assert_eq!(&guid[14..15], "4", "{guid}");
            assert!(matches!(&guid[19..20], "8" | "9" | "a" | "b"), "{guid}");
        }
    }

    #[test]
    fn purposes_do_not_show_in_one_another() {
        assert_ne!(generator(1, "a").u64(..), generator(1, "b").u64(..));
        assert_ne!(generator(1, "a").u64(..), generator(2, "a").u64(..));
        assert_eq!(generator(1, "a").u64(..), generator(1, "a").u64(..));
    }
}
