//! Writes two days of the application as log objects, the second with its twelve attacks, and says what is in them.
//!
//! `cargo run --release -p tablewarden-generator --example day -- FOLDER`; without a folder it only says.
#![expect(clippy::print_stdout, reason = "to be read")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use jiff::civil::Date;
use tablewarden_generator::{Application, Day};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let shop = Application::new(7);
    let (before, attacked) = (Date::constant(2026, 3, 10), Date::constant(2026, 3, 11));
    tell(before, shop.day(before), folder.as_ref())?;
    let attacks = shop.attacks(attacked);
    let day = attacks.iter().fold(shop.day(attacked), Day::plant);
    tell(attacked, day, folder.as_ref())?;
    println!("\nPlanted on {attacked}");
    for attack in attacks {
        let (first, last) = (attack.records.first(), attack.records.last());
        let time = |record: &tablewarden_generator::Record| record.time().strftime("%H:%M").to_string();
        let times = first.zip(last).map(|(first, last)| format!("{} to {}", time(first), time(last)));
        println!(
            "  {:22} {:24} {} records, {}",
            attack.detection,
            attack.name,
            attack.records.len(),
            times.unwrap_or_default()
        );
        println!("  {:22} {}", "", attack.story);
        println!("  {:22} {} on {}", "", attack.actor, attack.table.unwrap_or("no table"));
    }
    Ok(())
}

/// Writes a day where it is wanted, and says how many records of which calls it has.
fn tell(date: Date, day: Day, folder: Option<&PathBuf>) -> Result<(), Box<dyn Error>> {
    let mut calls: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut json = Vec::new();
    let (mut files, mut records, mut bytes) = (0, 0_usize, 0_usize);
    for file in day.log_files() {
        if let Some(folder) = folder {
            let path = folder.join(date.to_string()).join(&file.key);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            file.write_gzip(File::create(path)?)?;
        }
        for record in &file.records {
            *calls.entry((record.event_source(), record.event_name())).or_default() += 1;
        }
        json.clear();
        file.write_json(&mut json)?;
        bytes += json.len();
        files += 1;
        records += file.records.len();
    }
    println!("\n{date}: {records} records in {files} log objects, {} bytes a record", bytes / records.max(1));
    for ((source, name), count) in calls {
        println!("  {count:>7} {} {name}", source.trim_end_matches(".amazonaws.com"));
    }
    Ok(())
}
