//! A Redis Cluster of the test's own: three masters without replicas, each a process that keeps nothing on disk but
//! its place in the cluster. A node that dies leaves its third of the keys unserved; the others go on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use super::process::{Folder, PATIENCE, Server, Signal, start_on_free_port};

const NODES: u32 = 3;
const SLOTS: u32 = 16_384;
/// Slots of each node; the last has what is left.
const SHARE: u32 = SLOTS.div_ceil(NODES);

/// Three masters that know each other.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    server: Server,
    port: u16,
    bus: u16,
    folder: Folder,
}

impl RedisCluster {
    /// Starts the nodes and waits until each of them takes the cluster for whole.
    pub fn start() -> Self {
        let cluster = Self { nodes: (0..NODES).map(|_| Node::start()).collect() };
        for (number, node) in (0..).zip(&cluster.nodes) {
            let (first, last) = (number * SHARE, ((number + 1) * SHARE).min(SLOTS) - 1);
            node.expect("OK", &format!("CLUSTER ADDSLOTSRANGE {first} {last}"));
            // Of two nodes with one epoch, one must yield, which costs seconds.
            node.expect("OK", &format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1));
        }
        let (first, others) = cluster.nodes.split_first().expect("there are nodes");
        for node in others {
            first.expect("OK", &format!("CLUSTER MEET 127.0.0.1 {} {}", node.port, node.bus));
        }
        cluster.wait();
        cluster
    }

    /// Every node, as `ephemeral.url` names them.
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis-cluster://{}", nodes.join(","))
    }

    /// Which node serves a key.
    pub fn node_of(&self, key: &str) -> usize {
        let answer = self.nodes.iter().find_map(|node| node.ask(&format!("CLUSTER KEYSLOT {key}"))).expect("a node");
        let slot: u32 =
            answer.trim_start_matches(':').lines().next().and_then(|line| line.parse().ok()).expect(&answer);
        (slot / SHARE) as usize
    }

    /// kill -9: what the node held is lost.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node].server.kill9();
    }

    /// The node again, empty and at its former place, and whole again with the others.
    pub fn restart(&mut self, node: usize) {
        self.nodes[node].restart();
        self.wait();
    }

    fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.nodes.iter().all(Node::sees_all) {
            let states = || self.nodes.iter().map(|node| node.ask("CLUSTER INFO")).collect::<Vec<_>>();
            assert!(Instant::now() < deadline, "the cluster did not get whole: {:?}", states());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Node {
    fn start() -> Self {
        let folder = Folder::create("cluster");
        let mut bus = 0;
        let (port, server) = start_on_free_port("redis-server", |port| {
            bus = super::ports::free();
            serve(&folder, port, bus)
        });
        Self { server, port, bus, folder }
    }

    fn restart(&mut self) {
        let again = serve(&self.folder, self.port, self.bus);
        self.server = again.unwrap_or_else(|log| panic!("redis-server did not start again:\n{log}"));
    }

    fn sees_all(&self) -> bool {
        let whole =
            |line: &str| ["cluster_state:ok", "cluster_known_nodes:3", "cluster_slots_ok:16384"].contains(&line);
        self.ask("CLUSTER INFO").is_some_and(|info| info.lines().filter(|line| whole(line.trim())).count() == 3)
    }

    fn expect(&self, beginning: &str, command: &str) {
        let answer = self.ask(command).unwrap_or_default();
        assert!(answer.trim_start_matches('+').starts_with(beginning), "{command}: {answer}");
    }

    fn ask(&self, command: &str) -> Option<String> {
        ask(self.port, command)
    }
}

fn serve(folder: &Folder, port: u16, bus: u16) -> Result<Server, String> {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--cluster-port", &bus.to_string(), "--bind", "127.0.0.1"]);
    command.args(["--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"]);
    // A machine that is busy must not look like a node that is dead.
    command.args(["--cluster-node-timeout", "10000"]);
    command.args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir"]);
    command.arg(folder.path());
    let mut server = Server::spawn("redis-server", command, folder.path(), &folder.join("log"), Signal::Kill);
    let is_ready = |server: &mut Server| {
        ask(port, "INFO server").is_some_and(|info| info.contains(&format!("process_id:{}\r", server.pid())))
    };
    if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
}

/// One command in the inline form, and all that came back.
fn ask(port: u16, command: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
