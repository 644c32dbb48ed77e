//! Argon2id over memory that its caller provides. It blocks its thread. Only for a hash that was made with other
//! parameters does the library allocate memory.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordVerifier, Version};

/// OWASP's first recommendation: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, "Argon2id").
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes with the parameters of this installation.
pub(super) struct Argon2id {
    argon2: Argon2<'static>,
}

/// The memory of one hash. Every hash overwrites all of it before it reads it.
pub(super) type Blocks = Box<[Block]>;

impl Argon2id {
    pub(super) fn new() -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
            .expect("OWASP's parameters are within argon2's bounds");
        Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params) }
    }

    /// Memory for one hash at a time.
    pub(super) fn memory() -> Blocks {
        vec![Block::new(); MEMORY_KIB as usize].into_boxed_slice()
    }

    /// Hashes a password with a fresh salt, into PHC string form.
    pub(super) fn hash(&self, password: &[u8], memory: &mut Blocks) -> String {
        let salt = Salt::generate();
        let params = self.argon2.params();
        PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(params).expect("three numbers are short enough"),
            salt: Some(salt),
            hash: Some(self.output(password, &salt, memory)),
        }
        .to_string()
    }

    /// Whether a password is the one of a hash, whose own parameters count. No password matches a hash that cannot be read.
    pub(super) fn verify(&self, password: &[u8], hash: &str, memory: &mut Blocks) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        match (&hash.salt, &hash.hash) {
            // The comparison takes the same time whatever differs.
            (Some(salt), Some(expected)) if self.made(&hash) => {
                self.output(password, salt, memory) == *expected
            }
            _ => self.argon2.verify_password(password, &hash).is_ok(),
        }
    }

    /// Whether a hash has the parameters of this installation.
    fn made(&self, hash: &PasswordHash) -> bool {
        let ours = self.argon2.params();
        hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(Version::V0x13.into())
            && ParamsString::try_from(ours).is_ok_and(|params| params == hash.params)
            && hash.hash.is_some_and(|output| output.len() == Params::DEFAULT_OUTPUT_LEN)
    }

    fn output(&self, password: &[u8], salt: &Salt, memory: &mut Blocks) -> Output {
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        self.argon2
            .hash_password_into_with_memory(password, salt, &mut output, memory)
            .expect("a password of less than 4 GiB can be hashed");
        Output::new(&output).expect("its length is one of an output")
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;

    use super::*;

    #[test]
    fn hashes_are_those_of_the_library_whatever_the_memory_held_before() {
        let (ours, mut memory) = (Argon2id::new(), Argon2id::memory());
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, ours.argon2.params().clone());
        let theirs = library.hash_password(b"correct horse").unwrap().to_string();
        assert!(ours.verify(b"correct horse", &theirs, &mut memory));
        assert!(!ours.verify(b"wrong horse", &theirs, &mut memory));
        let own = ours.hash(b"correct horse", &mut memory);
        assert!(library.verify_password(b"correct horse", own.as_str()).is_ok());
    }

    #[test]
    fn a_hash_with_other_parameters_is_verified_by_these() {
        let (ours, mut memory) = (Argon2id::new(), Argon2id::memory());
        let bytes = |bytes| Params::new(64, 1, 1, bytes).unwrap();
        for params in
            [bytes(None), bytes(Some(16)), Params::new(MEMORY_KIB, PASSES, LANES, Some(16)).unwrap()]
        {
            let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let theirs = library.hash_password(b"correct horse").unwrap().to_string();
            assert!(ours.verify(b"correct horse", &theirs, &mut memory), "{theirs}");
            assert!(!ours.verify(b"wrong horse", &theirs, &mut memory), "{theirs}");
        }
    }
}
