//! Forms, read as the calls read them.

use super::form::Form;

pub fn form(body: &[u8]) {
    for charset in [None, Some("utf-8"), Some("shift_jis")] {
        let form = Form::parse(body, charset);
        let _ = (form.get("comment_content"), form.says_yes("is_test"));
    }
}
