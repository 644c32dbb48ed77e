//! `natter health URL…`: checks the health of running services, for machines without curl.
//!
//! It uses plain HTTP, reads no settings and follows no redirect.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use url::Url;

/// Timeout for connecting, for sending and for each read.
const IO_TIMEOUT: Duration = Duration::from_secs(3);

/// Succeeds if every URL answers 200.
///
/// # Errors
/// The first URL that does not, and its answer.
pub(crate) fn check(urls: &[String]) -> Result<(), String> {
    urls.iter().try_for_each(|url| match status(url) {
        Ok(200) => Ok(()),
        Ok(status) => Err(format!("{url} answers {status}")),
        Err(reason) => Err(format!("{url} does not answer: {reason}")),
    })
}

fn status(url: &str) -> Result<u16, String> {
    let url =
        Url::parse(url).ok().filter(|url| url.scheme() == "http").ok_or("it is not an http:// address")?;
    let addresses = url.socket_addrs(|| None).map_err(|error| error.to_string())?;
    let mut stream = connect(&addresses)?;
    let answer = ask(&mut stream, &url).map_err(|error| error.to_string())?;
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    status.ok_or_else(|| "the answer is not HTTP".to_owned())
}

/// A name may have several addresses, as `localhost` has.
fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut reason = "the name has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(address, IO_TIMEOUT) {
            Ok(stream) => return Ok(stream),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

/// The beginning of the answer.
fn ask(stream: &mut TcpStream, url: &Url) -> std::io::Result<String> {
    stream.set_read_timeout(Some(IO_TIMEOUT))?;
    stream.set_write_timeout(Some(IO_TIMEOUT))?;
    let (path, host) = (url.path(), url.authority());
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
    let mut beginning = Vec::new();
    stream.take(64).read_to_end(&mut beginning)?;
    Ok(String::from_utf8_lossy(&beginning).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::BufRead;
    use std::net::TcpListener;

    use super::*;

    /// A service that gives this answer to one request, and the request's first line.
    fn answering(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/health/ready", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = std::io::BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let first = lines.next().unwrap();
            lines.find(String::is_empty);
            stream.write_all(answer.as_bytes()).unwrap();
            first
        });
        (url, asked)
    }

    #[test]
    fn only_200_is_healthy() {
        let (healthy, asked) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        check(std::slice::from_ref(&healthy)).unwrap();
        assert_eq!(asked.join().unwrap(), "GET /health/ready HTTP/1.1");
        let (away, asked) = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assert_eq!(check(std::slice::from_ref(&away)).unwrap_err(), format!("{away} answers 503"));
        asked.join().unwrap();
        assert!(check(&[healthy]).unwrap_err().contains("does not answer"), "nothing listens any more");
        assert!(check(&["https://localhost/".into()]).unwrap_err().contains("not an http://"));
    }
}
