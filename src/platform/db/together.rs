//! Questions of the same kind, put to a database server together: what comes while a query is under way goes into the
//! next one. Nothing is kept: each answer was read after its question came.

use super::Connection;
use super::pool::{Db, PATIENCE};
use crate::platform::error::Unavailable;
use diesel::QueryResult;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The maximum number of questions in one query.
const BATCH: usize = 128;

/// Answers questions of one kind, in their order.
type Ask<Q, A> = fn(&mut Connection, &[Q]) -> QueryResult<Vec<A>>;

/// Gathers questions; clones share the queries.
pub struct Together<Q, A> {
    db: Db,
    ask: Ask<Q, A>,
    waiting: Arc<Mutex<Waiting<Q, A>>>,
    /// The maximum number of concurrent queries: with more, questions would not be batched.
    most: usize,
}

struct Waiting<Q, A> {
    questions: Vec<Question<Q, A>>,
    under_way: usize,
}

struct Question<Q, A> {
    text: Q,
    reply: oneshot::Sender<Result<A, Unavailable>>,
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self { db: self.db.clone(), ask: self.ask, waiting: Arc::clone(&self.waiting), most: self.most }
    }
}

impl<Q, A> Together<Q, A>
where
    Q: Send + Sync + 'static,
    A: Send + 'static,
{
    /// One query under way for each core.
    pub fn new(db: Db, ask: fn(&mut Connection, &[Q]) -> QueryResult<Vec<A>>) -> Self {
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_most(db, ask, most)
    }

    fn with_most(db: Db, ask: Ask<Q, A>, most: usize) -> Self {
        let waiting = Arc::new(Mutex::new(Waiting { questions: Vec::new(), under_way: 0 }));
        Self { db, ask, waiting, most }
    }

    /// The answer to a question, read after it was put.
    ///
    /// # Errors
    /// [`Unavailable`] when the store did not answer in two seconds.
    pub async fn ask(&self, question: Q) -> Result<A, Unavailable> {
        let (reply, answer) = oneshot::channel();
        if let Some(turn) = self.put(Question { text: question, reply }) {
            tokio::spawn(turn.take());
        }
        let answered = tokio::time::timeout(PATIENCE, answer).await;
        answered
            .map_err(|_| Unavailable::new("the database did not answer in time"))?
            .map_err(|_| Unavailable::new("the query was cancelled"))?
    }

    /// Lets a question wait; the turn to ask, where one is free.
    fn put(&self, question: Question<Q, A>) -> Option<Turn<Q, A>> {
        let mut waiting = lock(&self.waiting);
        waiting.questions.push(question);
        if waiting.under_way >= self.most {
            return None;
        }
        waiting.under_way += 1;
        drop(waiting);
        Some(Turn { all: self.clone(), is_over: false })
    }
}

fn lock<Q, A>(waiting: &Mutex<Waiting<Q, A>>) -> MutexGuard<'_, Waiting<Q, A>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to have one query under way.
struct Turn<Q, A> {
    all: Together<Q, A>,
    is_over: bool,
}

impl<Q, A> Drop for Turn<Q, A> {
    /// Cut short: the worker that it runs on has ended.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut waiting = lock(&self.all.waiting);
        waiting.under_way = waiting.under_way.saturating_sub(1);
        if waiting.under_way == 0 {
            // They will not be sent: the waiting requests get an error.
            waiting.questions.clear();
        }
    }
}

impl<Q, A> Turn<Q, A>
where
    Q: Send + Sync + 'static,
    A: Send + 'static,
{
    /// Asks until nothing waits.
    async fn take(mut self) {
        while let Some(batch) = self.batch() {
            let (texts, replies): (Vec<Q>, Vec<_>) =
                batch.into_iter().map(|question| (question.text, question.reply)).unzip();
            let ask = self.all.ask;
            match self.all.db.read(move |connection| ask(connection, &texts)).await {
                Ok(answers) => {
                    replies.into_iter().zip(answers).for_each(|(reply, answer)| drop(reply.send(Ok(answer))));
                }
                Err(unavailable) => {
                    replies.into_iter().for_each(|reply| drop(reply.send(Err(unavailable.clone()))));
                }
            }
        }
    }

    /// What waits, without those who have gone. With nothing left the turn is over in the same breath: what comes next
    /// finds it free.
    fn batch(&mut self) -> Option<Vec<Question<Q, A>>> {
        let mut waiting = lock(&self.all.waiting);
        waiting.questions.retain(|question| !question.reply.is_closed());
        let some = waiting.questions.len().min(BATCH);
        if some == 0 {
            waiting.under_way = waiting.under_way.saturating_sub(1);
            self.is_over = true;
            return None;
        }
        Some(waiting.questions.drain(..some).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::{OsRandom, token};
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
    use tokio::runtime::Builder;

    fn store() -> Db {
        let path = std::env::temp_dir().join(format!("lk-together-{}", token(&OsRandom)));
        Db::new(&format!("sqlite://{}", path.display()), 8).unwrap()
    }

    /// A question that says when its query begins, and lets it end when it is told to.
    type Gated = (u32, SyncSender<usize>, Arc<Mutex<Receiver<()>>>);

    fn answer(_: &mut Connection, questions: &[Gated]) -> QueryResult<Vec<u32>> {
        if let Some((_, begun, gate)) = questions.first() {
            begun.send(questions.len()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }
        Ok(questions.iter().map(|(number, ..)| number * 10).collect())
    }

    #[test]
    fn what_comes_while_a_query_is_under_way_is_one_query_afterwards() {
        // An embedded store answers on the thread that asks: each needs one.
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let together = Together::with_most(store(), answer, 1);
        let (begun, begins) = sync_channel(100);
        let (open, gate) = sync_channel(100);
        let gate = Arc::new(Mutex::new(gate));
        let ask = |number: u32| {
            let (together, question) = (together.clone(), (number, begun.clone(), Arc::clone(&gate)));
            runtime.spawn(async move { together.ask(question).await })
        };
        let first = ask(1);
        assert_eq!(begins.recv().unwrap(), 1);
        let others: Vec<_> = (2..30).map(ask).collect();
        while lock(&together.waiting).questions.len() < others.len() {
            std::thread::yield_now();
        }
        open.send(()).unwrap();
        open.send(()).unwrap();
        assert_eq!(begins.recv().unwrap(), others.len());
        let answers = runtime.block_on(futures_util::future::join_all(others));
        assert!(answers.into_iter().map(|answer| answer.unwrap().unwrap()).eq((2..30).map(|number| number * 10)));
        assert_eq!(runtime.block_on(first).unwrap().unwrap(), 10);
        assert_eq!(lock(&together.waiting).under_way, 0);
    }

    #[tokio::test]
    async fn a_query_that_fails_is_told_to_all_who_asked_it_and_the_next_goes_on() {
        fn fails_once(_: &mut Connection, questions: &[u32]) -> QueryResult<Vec<u32>> {
            if questions.contains(&1) { super::super::undone() } else { Ok(questions.to_vec()) }
        }
        let together = Together::with_most(store(), fails_once, 1);
        assert!(together.ask(1).await.is_err());
        assert_eq!(together.ask(2).await.unwrap(), 2);
    }

    #[test]
    fn a_worker_that_ends_leaves_the_turn_to_others() {
        fn echo(_: &mut Connection, questions: &[u32]) -> QueryResult<Vec<u32>> {
            Ok(questions.to_vec())
        }
        let together = Together::with_most(store(), echo, 1);
        let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
        let (reply, waits) = oneshot::channel();
        let ended = runtime();
        let turn = together.put(Question { text: 1, reply }).unwrap();
        // Spawned, and never polled.
        ended.spawn(turn.take());
        drop(ended);
        assert!(runtime().block_on(waits).is_err());
        assert_eq!(runtime().block_on(together.ask(2)).unwrap(), 2);
    }
}
