//! The cheapest HTTP/1.1 client that does the job: one blocking keep-alive connection. What the generator doesn't
//! spend, the server can.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A keep-alive connection to a server on loopback.
#[derive(Debug)]
pub struct Connection {
    authority: String,
    stream: BufReader<TcpStream>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A request: what every row sends differs in these four.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    pub method: &'a str,
    pub target: &'a str,
    pub headers: Vec<(&'a str, String)>,
    pub form: Option<String>,
    pub json: Option<String>,
}

impl Connection {
    /// # Errors
    /// When nothing listens.
    pub fn open(authority: &str) -> Result<Self> {
        let stream = TcpStream::connect(authority)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { authority: authority.to_owned(), stream: BufReader::new(stream) })
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Sends a request and reads its answer. A connection that the server has closed while it was idle is opened again.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP.
    pub fn send(&mut self, request: &Request<'_>) -> Result<Answer> {
        let bytes = self.encode(request);
        match self.exchange(&bytes) {
            Err(error) if is_closed(&error) => {
                *self = Self::open(&self.authority)?;
                self.exchange(&bytes)
            }
            result => result,
        }
    }

    fn encode(&self, request: &Request<'_>) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, self.authority);
        for (name, value) in &request.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let form = request.form.as_deref().map(|body| ("application/x-www-form-urlencoded", body));
        let body = form.or(request.json.as_deref().map(|body| ("application/json", body)));
        if let Some((media_type, body)) = body {
            let _ = write!(text, "Content-Type: {media_type}\r\nContent-Length: {}\r\n", body.len());
        }
        text.push_str("\r\n");
        text.push_str(body.map_or("", |(_, body)| body));
        text.into_bytes()
    }

    fn exchange(&mut self, bytes: &[u8]) -> Result<Answer> {
        self.stream.get_mut().write_all(bytes)?;
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
        let mut headers = Vec::with_capacity(16);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        answer.body = self.body(&answer)?;
        Ok(answer)
    }

    fn body(&mut self, answer: &Answer) -> Result<Vec<u8>> {
        if answer.header("transfer-encoding") == Some("chunked") {
            return self.chunks();
        }
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        self.bytes(length)
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line()?, 16).map_err(|_| ErrorKind::InvalidData)?;
            body.extend(self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(Error::from(ErrorKind::ConnectionReset));
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A string member of a JSON answer.
    pub fn member(&self, name: &str) -> Option<String> {
        let json: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(json.get(name)?.as_str()?.to_owned())
    }
}

fn is_closed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}

/// `application/x-www-form-urlencoded`.
pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
