//! Every check there is, in the order in which they fail soonest.

use crate::{
    counts::{self, Counts},
    failure::Failure,
    house::House,
    network, pages,
    program::Program,
    run::{self, FEATURES},
    say::Say,
    setup,
};
use std::fs;

/// Runs every check and closes with `N passed, N failed`. A step that is no test (formatting, lints, a build) counts as
/// one failure when it fails, since nothing after it was run.
///
/// # Errors
/// When a check fails or cannot be run.
pub(crate) fn test(house: &House, say: &Say) -> Result<(), Failure> {
    let mut counts = Counts::default();
    let outcome = checks(house, say, &mut counts);
    if outcome.is_err() && counts.failed == 0 {
        counts.failed = 1;
    }
    outcome.map_err(|failure| failure.tally(counts))?;
    say.done("全部通过 / everything passed");
    println!("{counts}");
    Ok(())
}

fn checks(house: &House, say: &Say, counts: &mut Counts) -> Result<(), Failure> {
    setup::everything(house, say)?;
    let root = house.root();

    say.step("检查 Rust 代码格式", "rustfmt: one form for all, so that changes show what changed");
    Program::cargo()
        .args(["fmt", "--all", "--check"])
        .inside(root)
        .run()
        .map_err(|failure| failure.advise("运行 / run: cargo fmt --all"))?;

    // Before the lints, because the application cannot be compiled without its pages.
    pages::build(house, say)?;
    vitest(house, say, counts)?;
    deny(house, say)?;

    say.step("静态检查", "clippy, warnings refused: panics, lossy conversions, missing documentation");
    Program::cargo()
        .args(["clippy", "--workspace", "--all-targets", "--locked", "--features", FEATURES, "--", "-D", "warnings"])
        .inside(root)
        .run()?;

    say.step(
        "构建应用、命令行与测试",
        "Building the application, the command and the tests: once, for all that follows",
    );
    Program::cargo()
        .args(["build", "--workspace", "--all-targets", "--locked", "--features", FEATURES])
        .inside(root)
        .run()?;
    rust_tests(house, say, counts)
}

fn vitest(house: &House, say: &Say, counts: &mut Counts) -> Result<(), Failure> {
    say.step("页面测试", "Tests of the pages (vitest)");
    let report = house.kept("vitest.json");
    // An old report must not speak for a run that wrote none.
    let _ = fs::remove_file(&report);
    let outcome = Program::npx()
        .args(["vitest", "run", "--reporter=default", "--reporter=json"])
        .args([&format!("--outputFile.json={}", report.display())])
        .inside(house.ui())
        .run();
    if let Some(found) = fs::read_to_string(&report).ok().as_deref().and_then(counts::of_vitest) {
        *counts += found;
    } else if outcome.is_ok() {
        return Err(Failure::new(
            format!("vitest 没有留下报告 / vitest left no report: {}", report.display()),
            "在 ui/ 中运行 / run in ui/: npx vitest run",
        ));
    }
    outcome
}

/// Licences, bans and sources of all dependencies, where cargo-deny is at hand: compiling it takes longer than
/// everything else here.
fn deny(house: &House, say: &Say) -> Result<(), Failure> {
    say.step("检查依赖的许可与来源", "cargo deny: licences, banned crates, sources, as deny.toml allows them");
    if Program::cargo().args(["deny", "--version"]).answer().is_none() {
        say.note("跳过：未安装 cargo-deny / skipped: not installed. cargo install cargo-deny --locked");
        return Ok(());
    }
    // Advisories need a database from the network, so they are not asked for here.
    Program::cargo()
        .args(["deny", "--workspace", "--locked", "check", "bans", "licenses", "sources"])
        .inside(house.root())
        .run()
}

fn rust_tests(house: &House, say: &Say, counts: &mut Counts) -> Result<(), Failure> {
    say.step(
        "Rust 测试与端到端测试（无网络）",
        "Rust tests, whole meetings, and the real application on a virtual display, all without a network",
    );
    let no_network = network::none(say)?;
    let tests = Program::cargo()
        .args(["test", "--workspace", "--locked", "--offline", "--no-fail-fast", "--features", FEATURES])
        .inside(house.root());
    let tests = if no_network.is_empty() { tests } else { tests.var("HENGJIAN_NO_NETWORK", "1") };
    let tests = run::on_virtual_display(run::with_own_settings(tests, house), "1366x768");
    let before = counts.failed;
    let succeeded = network::wrap(tests, &no_network).listen(|line| {
        if let Some(found) = counts::of_cargo(line) {
            *counts += found;
        }
    })?;
    if succeeded {
        return Ok(());
    }
    if counts.failed == before {
        // A test program that crashed prints no result of its own.
        counts.failed += 1;
    }
    Err(Failure::new(
        "有测试未通过 / tests failed",
        "看上面 failures 一节，改正后单独重跑 / see `failures` above; run one alone: cargo test -p CRATE NAME",
    ))
}
