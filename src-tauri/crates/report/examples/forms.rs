//! Writes one of each printed form into a folder, to look at: `cargo run -p report --example forms -- FOLDER`.

use std::{error::Error, path::PathBuf};

#[path = "../tests/common/mod.rs"]
#[allow(dead_code, missing_docs)]
mod common;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("a folder is needed")?);
    std::fs::create_dir_all(&folder)?;
    let mut meeting = common::meeting();
    std::fs::write(folder.join("评分表.pdf"), report::sheet_pdf(&meeting.sheet_input(2))?.bytes)?;
    std::fs::write(folder.join("回避声明.pdf"), report::sheet_pdf(&meeting.sheet_input(15))?.bytes)?;
    meeting.round.out_of_force_reason = Some("试行期届满后延用，示例局务会同意。".to_owned());
    std::fs::write(folder.join("汇总表.pdf"), meeting.with_summary(report::summary_pdf)?.bytes)?;
    std::fs::write(folder.join("汇总表.xlsx"), meeting.with_summary(report::summary_xlsx)?)?;
    Ok(())
}
