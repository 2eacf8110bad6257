//! Standard error, behind a queue: a request enqueues its line and continues, and one thread writes what has gathered
//! with one call (PLT-05). Lines keep their order. When the place they go to is full or stuck, lines are lost and
//! counted (F-13); no request waits or fails for them.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Bytes that may wait: some thousands of lines.
const ROOM: usize = 1024 * 1024;
/// Bytes after which a write starts at once.
const ENOUGH: usize = 64 * 1024;
/// How long a line waits for others to share its write. A process that is killed loses the lines of this time.
const GATHER: Duration = Duration::from_millis(5);
/// How long the end of the process waits for lines to be written: standard error may be a pipe that nobody reads.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

/// Writes what is still queued when it is dropped.
#[must_use = "dropping it ends the logging thread"]
pub struct Logging {
    queue: Option<(Queue, JoinHandle<()>)>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    room: usize,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    is_urgent: bool,
    is_closing: bool,
    /// The thread has ended: lines are written by those who have them.
    is_closed: bool,
}

impl Logging {
    /// Where nothing was started.
    pub(super) fn none() -> Self {
        Self { queue: None }
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        if let Some((queue, thread)) = self.queue.take()
            && queue.close(LAST_WORDS)
        {
            let _ = thread.join();
        }
    }
}

impl Queue {
    /// Starts the thread that writes to `out`.
    pub(super) fn start(out: impl io::Write + Send + 'static) -> io::Result<(Self, Logging)> {
        let queue = Self::with_room(ROOM);
        let shared = Arc::clone(&queue.0);
        let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&shared, out))?;
        let logging = Logging { queue: Some((queue.clone(), thread)) };
        Ok((queue, logging))
    }

    fn with_room(room: usize) -> Self {
        Self(Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), room }))
    }

    /// Hands a line over; its end is a line break. What is `urgent` is written without waiting for others.
    pub(super) fn push(&self, line: &[u8], urgent: bool) {
        let mut state = self.0.lock();
        if state.is_closed {
            // The process is about to end: nothing is saved by a thread.
            if io::Write::write_all(&mut io::stderr(), line).is_err() {
                super::metrics::records_lost(1);
            }
            return;
        }
        let before = state.waiting.len();
        if before + line.len() > self.0.room {
            drop(state);
            return super::metrics::records_lost(1);
        }
        state.waiting.extend_from_slice(line);
        let is_enough = before < ENOUGH && state.waiting.len() >= ENOUGH;
        let is_news = before == 0 || is_enough || (urgent && !state.is_urgent);
        state.is_urgent |= urgent;
        drop(state);
        // A wake costs more than a line does.
        if is_news {
            self.0.changed.notify_all();
        }
    }

    /// Has the rest written; false when that did not come about in time.
    fn close(&self, patience: Duration) -> bool {
        let mut state = self.0.lock();
        state.is_closing = true;
        self.0.changed.notify_all();
        let ended = self.0.changed.wait_timeout_while(state, patience, |state| !state.is_closed);
        let (state, _) = ended.unwrap_or_else(PoisonError::into_inner);
        state.is_closed
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `batch` with what has gathered; false at the end.
    fn next(&self, batch: &mut Vec<u8>) -> bool {
        let state = self.lock();
        let nothing = |state: &mut State| state.waiting.is_empty() && !state.is_closing;
        let state = self.changed.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner);
        let few = |state: &mut State| state.waiting.len() < ENOUGH && !state.is_urgent && !state.is_closing;
        let gathered = self.changed.wait_timeout_while(state, GATHER, few);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, batch);
        state.is_urgent = false;
        if batch.is_empty() {
            state.is_closed = true;
            drop(state);
            self.changed.notify_all();
            return false;
        }
        true
    }
}

fn write_all(shared: &Shared, out: impl io::Write) {
    let (mut out, mut batch) = (Whole { out, is_torn: false }, Vec::new());
    while shared.next(&mut batch) {
        let lost = out.write(&batch);
        if lost > 0 {
            super::metrics::records_lost(lost);
        }
        batch.clear();
        batch.shrink_to(2 * ENOUGH);
    }
}

/// A place for lines. One that was cut off by a failure is ended before the next begins.
struct Whole<W> {
    out: W,
    is_torn: bool,
}

impl<W: io::Write> Whole<W> {
    /// How many lines of the batch are not there as a whole.
    fn write(&mut self, batch: &[u8]) -> u64 {
        if self.is_torn && self.out.write_all(b"\n").is_err() {
            return lines(batch);
        }
        self.is_torn = false;
        let mut rest = batch;
        while !rest.is_empty() {
            match self.out.write(rest) {
                Ok(written) if written > 0 => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Only a metric counts it: a log line would go to the same broken place.
                Ok(_) | Err(_) => {
                    let done = batch.len().saturating_sub(rest.len());
                    self.is_torn = done > 0 && batch.get(done - 1) != Some(&b'\n');
                    return lines(rest);
                }
            }
        }
        0
    }
}

fn lines(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// Takes so many bytes more, and then nothing.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Disk {
        fn with_room(room: usize) -> Self {
            Self(Arc::new(Mutex::new((Vec::new(), room))))
        }
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().0.clone()).unwrap()
        }
        fn grow(&self, room: usize) {
            self.0.lock().unwrap().1 += room;
        }
    }

    impl io::Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap();
            let taken = bytes.len().min(disk.1);
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0.extend_from_slice(&bytes[..taken]);
            disk.1 -= taken;
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A pipe whose reader takes one write at a time.
    struct Pipe(SyncSender<Vec<u8>>);

    impl io::Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe() -> (Pipe, Receiver<Vec<u8>>) {
        let (sender, receiver) = sync_channel(0);
        (Pipe(sender), receiver)
    }

    #[test]
    fn nothing_is_lost_at_the_end_and_each_writer_keeps_its_order() {
        let disk = Disk::with_room(usize::MAX);
        let (queue, logging) = Queue::start(disk.clone()).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let queue = queue.clone();
                scope.spawn(move || {
                    (0..2_000).for_each(|n| queue.push(format!("{writer} {n}\n").as_bytes(), n % 7 == 0))
                });
            }
        });
        drop(logging);
        let text = disk.text();
        for writer in 0..4 {
            let own = text.lines().filter_map(|line| line.strip_prefix(&format!("{writer} ")));
            assert!(own.eq((0..2_000).map(|n| n.to_string()).collect::<Vec<_>>().iter().map(String::as_str)));
        }
    }

    #[test]
    fn lines_that_come_while_one_write_is_under_way_share_the_next() {
        let (out, reader) = pipe();
        let (queue, logging) = Queue::start(out).unwrap();
        queue.push(b"first\n", true);
        // Once it is taken, its write lasts until somebody reads.
        while !queue.0.lock().waiting.is_empty() {
            std::thread::yield_now();
        }
        (0..100).for_each(|_| queue.push(b"more\n", false));
        drop(std::thread::spawn(move || drop(logging)));
        assert_eq!(reader.iter().collect::<Vec<_>>(), [b"first\n".to_vec(), b"more\n".repeat(100)]);
    }

    #[test]
    fn f_13_lines_beyond_the_room_are_lost_and_nobody_waits() {
        let queue = Queue::with_room(10);
        (0..1_000).for_each(|_| queue.push(b"four\n", true));
        assert_eq!(queue.0.lock().waiting, b"four\nfour\n");
    }

    #[test]
    fn f_13_a_line_cut_off_by_a_full_disk_spoils_no_other() {
        let disk = Disk::with_room(8);
        let mut out = Whole { out: disk.clone(), is_torn: false };
        assert_eq!(out.write(b"one\ntwo\nthree\n"), 1);
        assert_eq!(out.write(b"four\n"), 1, "there is no room still");
        disk.grow(2);
        assert_eq!(out.write(b"five\nsix\n"), 2, "room for a part");
        disk.grow(100);
        assert_eq!(out.write(b"seven\n"), 0);
        assert_eq!(disk.text(), "one\ntwo\nfi\nseven\n");
    }

    #[test]
    fn the_end_does_not_wait_for_a_pipe_that_nobody_reads() {
        let (out, reader) = pipe();
        let (queue, logging) = Queue::start(out).unwrap();
        queue.push(b"stuck\n", true);
        let (queue, thread) = { logging }.queue.take().unwrap();
        assert!(!queue.close(Duration::from_millis(1)));
        drop(reader);
        thread.join().unwrap();
    }
}
