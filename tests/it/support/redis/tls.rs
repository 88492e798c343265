//! A certificate authority of the test's own, and certificates by it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with `ca.crt`, and with `NAME.crt` and `NAME.key` for each certificate made.
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// Makes one in a folder that is there.
    pub fn new(folder: &Path) -> Self {
        let authority = Self { folder: folder.to_owned() };
        authority.openssl("ca", &["-subj", "/CN=An authority of a test", "-addext", "keyUsage=critical,keyCertSign"]);
        authority
    }

    /// Makes a certificate for loopback.
    pub fn certify(&self, name: &str) {
        let (ca, key) = (self.path("ca.crt"), self.path("ca.key"));
        let (ca, key) = (ca.display().to_string(), key.display().to_string());
        let subject = format!("/CN={name}");
        let own = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1"];
        self.openssl(name, &[&["-subj", &subject, "-CA", &ca, "-CAkey", &key], &own[..]].concat());
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn openssl(&self, name: &str, more: &[&str]) {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
            .arg("-keyout")
            .arg(self.path(&format!("{name}.key")))
            .arg("-out")
            .arg(self.path(&format!("{name}.crt")))
            .args(more)
            .stderr(Stdio::null())
            .status();
        assert!(made.is_ok_and(|status| status.success()), "openssl makes no certificate for {name}");
    }
}
