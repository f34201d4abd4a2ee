//! Random programs, held to the laws of the search by `benches/model`.

use anyhow::Result;
use xshell::{Shell, cmd};

const PACKAGE: &str = "everyway-model";

pub(crate) fn fuzz(
    shell: &Shell,
    programs: u64,
    seed: u64,
    jobs: usize,
    nightly: bool,
) -> Result<()> {
    let [programs, seed, jobs] = [programs, seed, jobs as u64].map(|number| number.to_string());
    let more: &[&str] = if nightly { &["--nightly"] } else { &[] };
    cmd!(
        shell,
        "cargo run --quiet --release --package {PACKAGE} --bin fuzz --
         --programs {programs} --seed {seed} --jobs {jobs} {more...}"
    )
    .quiet()
    .run()?;
    if nightly {
        cmd!(shell, "cargo test --quiet --release --package {PACKAGE} --test counts -- --ignored")
            .quiet()
            .run()?;
    }
    Ok(())
}
