//! Files that are made while they are read.

use std::io::{self, BufRead, Read};

/// How much is made at a time, in bytes.
const BLOCK: usize = 64 << 10;

/// A file that is never whole in memory.
pub(crate) struct Made {
    blocks: Box<dyn Iterator<Item = Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl Made {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { blocks: Box::new(std::iter::empty()), block: Vec::new(), at: 0 }
    }

    /// The same with this behind it.
    pub(crate) fn then(self, text: &str) -> Self {
        self.then_bytes(text.as_bytes().to_vec())
    }

    pub(crate) fn then_bytes(self, bytes: Vec<u8>) -> Self {
        Self { blocks: Box::new(self.blocks.chain([bytes])), ..self }
    }

    /// The same with a pattern so many times behind it.
    pub(crate) fn times(self, pattern: &str, times: u64) -> Self {
        self.times_bytes(pattern.as_bytes(), times)
    }

    pub(crate) fn times_bytes(self, pattern: &[u8], times: u64) -> Self {
        let a_block = (BLOCK / pattern.len()).max(1);
        let (whole, rest) = (times / a_block as u64, usize::try_from(times % a_block as u64).unwrap());
        let (block, last) = (pattern.repeat(a_block), pattern.repeat(rest));
        let blocks = (0..whole).map(move |_| block.clone()).chain([last]);
        Self { blocks: Box::new(self.blocks.chain(blocks)), ..self }
    }

    /// The same with all of these behind it.
    pub(crate) fn then_each(self, texts: impl Iterator<Item = String> + 'static) -> Self {
        Self { blocks: Box::new(self.blocks.chain(texts.map(String::into_bytes))), ..self }
    }
}

impl BufRead for Made {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.block.len()
            && let Some(block) = self.blocks.next()
        {
            (self.block, self.at) = (block, 0);
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, used: usize) {
        self.at += used;
    }
}

impl Read for Made {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.fill_buf()?.read(out)?;
        self.consume(len);
        Ok(len)
    }
}

/// Who calls.
pub(crate) const IDENTITY: &str = r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/mallory"}"#;

/// A record of a call on DynamoDB.
pub(crate) fn record(id: u64, call: &str, params: &str) -> String {
    format!(
        r#"{{"eventID":"00000000-0000-4000-8000-{id:012x}","eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"{call}","awsRegion":"eu-west-1","recipientAccountId":"111122223333","userIdentity":{IDENTITY},"requestParameters":{params}}}"#
    )
}
