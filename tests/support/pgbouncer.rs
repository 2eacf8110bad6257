//! A PgBouncer of the test's own, in transaction mode: each transaction may run in another session of the server.

use super::postgres::Owner;
use super::process::{Folder, Server, Signal, start_on_free_port};

#[derive(Debug)]
pub struct PgBouncer {
    _server: Server,
    port: u16,
    _folder: Folder,
}

impl PgBouncer {
    /// In front of the PostgreSQL server at `port`, with `pool` sessions for all.
    pub fn in_front_of(postgres: u16, pool: u32) -> Self {
        Self::configured(|port, users| {
            format!(
                "[databases]\n* = host=127.0.0.1 port={postgres} user=latchkey\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {users}\npool_mode = transaction\n\
                 default_pool_size = {pool}\nmax_client_conn = 200\n"
            )
        })
    }

    /// With the configuration for this port and this file of users.
    pub fn configured(configuration: impl Fn(u16, &str) -> String) -> Self {
        let folder = Folder::create("pgbouncer");
        let owner = Owner::find();
        owner.give(&folder);
        let (port, server) = start_on_free_port("pgbouncer", |port| {
            let file = folder.join("pgbouncer.ini");
            let users = folder.join("users.txt");
            std::fs::write(&users, "\"latchkey\" \"\"\n").expect("the folder can be written");
            std::fs::write(&file, configuration(port, &users.display().to_string()))
                .expect("the folder can be written");
            // Where Debian has it, which is not in everybody's path.
            let program =
                if std::path::Path::new("/usr/sbin/pgbouncer").exists() { "/usr/sbin/pgbouncer" } else { "pgbouncer" };
            let mut command = owner.command(program);
            command.arg(&file).current_dir(folder.path());
            let mut server = Server::spawn("pgbouncer", command, folder.path(), &folder.join("log"), Signal::Kill);
            let is_ready = |_: &mut Server| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
            if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
        });
        Self { _server: server, port, _folder: folder }
    }

    /// The database of `url` through it.
    pub fn same_database(&self, url: &str) -> String {
        let (_, name) = url.rsplit_once('/').expect("a URL names a database");
        format!("postgres://latchkey@127.0.0.1:{}/{name}", self.port)
    }
}
