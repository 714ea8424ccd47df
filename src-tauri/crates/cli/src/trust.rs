//! A bureau's key before anything under it is taken in.

use desk::{DeskError, dto::RoundView, is_trusted};

use crate::session::Session;

/// How a bureau key that this desk does not know yet is confirmed.
#[derive(clap::Args)]
pub(crate) struct BureauKey {
    /// 科技局公钥指纹，须以电话等另一途径向科技局核对；首次导入该局的文件时必须写明
    #[arg(long, value_name = "XXXX XXXX XXXX XXXX")]
    bureau_key: Option<String>,
}

impl BureauKey {
    /// Demands that the key in a preview is the one typed or, where none is typed, that this desk has confirmed it before. In
    /// the sample meeting nobody has a telephone.
    pub(crate) fn check(&self, session: &Session, preview: &RoundView) -> Result<(), DeskError> {
        let short = &preview.bureau_key_short;
        if let Some(typed) = &self.bureau_key {
            let right = without_spaces(typed) == without_spaces(short) || typed.trim() == preview.bureau_key;
            let differs =
                || DeskError::new("BUREAU_KEY_DIFFERS").with("name", &preview.summary.bureau).with("key", short);
            return if right { Ok(()) } else { Err(differs()) };
        }
        if is_trusted(&session.desk, &preview.bureau_key)? || session.desk.view().sample_passphrase.is_some() {
            return Ok(());
        }
        Err(DeskError::new("BUREAU_UNKNOWN").with("name", &preview.summary.bureau).with("key", short))
    }
}

fn without_spaces(key: &str) -> String {
    key.chars().filter(|c| !c.is_whitespace()).collect()
}
