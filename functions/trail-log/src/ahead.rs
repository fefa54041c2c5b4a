//! Log objects of a payload, opened ahead of their turn: small files take longer to be found than to be read.

use std::collections::VecDeque;
use std::io::BufRead;
use std::pin::pin;

use futures::future::{BoxFuture, Either, select};
use futures::stream::{FuturesOrdered, StreamExt as _};
use tablewarden_core::place::ObjectRef;
use tablewarden_core::ports::{LogStore, OpenError};

/// How many objects are open beside the one that is read. Each holds what its store reads ahead.
const MOST: usize = 4;

type Opened = Result<Box<dyn BufRead + Send>, OpenError>;

/// Log objects in their order.
pub(crate) struct Ahead<'l, L> {
    logs: &'l L,
    waiting: VecDeque<ObjectRef>,
    opening: FuturesOrdered<BoxFuture<'l, Opened>>,
    opened: VecDeque<Opened>,
}

impl<'l, L: LogStore + Sync> Ahead<'l, L> {
    /// All objects that will be asked for, in this order.
    pub(crate) fn new(logs: &'l L, objects: VecDeque<ObjectRef>) -> Self {
        Self { logs, waiting: objects, opening: FuturesOrdered::new(), opened: VecDeque::new() }
    }

    /// The next object, opened; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<Opened> {
        let next = if let Some(opened) = self.opened.pop_front() {
            Some(opened)
        } else {
            self.begin();
            self.opening.next().await
        };
        self.begin();
        next
    }

    /// Goes on opening objects while something else is done.
    pub(crate) async fn during<T>(&mut self, done: impl Future<Output = T>) -> T {
        let mut done = pin!(done);
        while !self.opening.is_empty() {
            match select(done.as_mut(), self.opening.next()).await {
                Either::Left((result, _)) => return result,
                Either::Right((opened, _)) => self.opened.extend(opened),
            }
        }
        done.await
    }

    fn begin(&mut self) {
        while self.opening.len() + self.opened.len() < MOST
            && let Some(object) = self.waiting.pop_front()
        {
            let logs = self.logs;
            self.opening.push_back(Box::pin(async move { logs.open(&object).await }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Opens nothing, and says what it was asked for.
    #[derive(Default)]
    struct Asked(Mutex<Vec<String>>);

    impl LogStore for Asked {
        async fn open(&self, object: &ObjectRef) -> Opened {
            self.0.lock().unwrap().push(object.key.clone());
            tokio::task::yield_now().await;
            Err(OpenError { object: object.clone(), problem: "test".to_owned() })
        }

        fn has_time(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn the_next_objects_are_opened_while_one_is_read_and_come_in_their_order() {
        let logs = Asked::default();
        let objects = (0..9).map(|n| ObjectRef { bucket: "b".to_owned(), key: n.to_string() });
        let mut ahead = Ahead::new(&logs, objects.collect());
        let mut came = Vec::new();
        while let Some(Err(error)) = ahead.next().await {
            came.push(error.object.key);
            let reading = async {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
            };
            ahead.during(reading).await;
            let asked = logs.0.lock().unwrap().len();
            assert_eq!(asked, (came.len() + MOST).min(9));
        }
        assert_eq!(came, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
        assert_eq!(*logs.0.lock().unwrap(), came);
    }
}
