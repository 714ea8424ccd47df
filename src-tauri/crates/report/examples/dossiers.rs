//! Writes the sample dossiers of three centres into a folder, to look at: `cargo run -p report --example dossiers -- FOLDER`.

use std::{error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("a folder is needed")?);
    let centres = [
        ("晋中市智能农机装备技术创新中心", "晋中示例农机有限公司"),
        ("晋中市玛钢铸造技术创新中心", "太谷示例铸造有限公司"),
        ("晋中市药茶精深加工技术创新中心", "和顺示例药茶有限公司"),
    ];
    for (index, (centre, host)) in centres.into_iter().enumerate() {
        let folder = folder.join(centre);
        std::fs::create_dir_all(&folder)?;
        for document in report::sample_documents(index, centre, host)? {
            std::fs::write(folder.join(&document.file_name), &document.bytes)?;
        }
    }
    Ok(())
}
