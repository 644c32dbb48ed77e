//! `natter health URL…`: asks running services whether they are well, where there is no curl.
//!
//! It speaks plain HTTP to addresses nearby, reads no settings and follows no redirect.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use url::Url;

/// How long connecting, sending and each wait for an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks every URL and is content when all answer 200.
///
/// # Errors
/// The first one that does not, and what it did instead.
pub(crate) fn check(urls: &[String]) -> Result<(), String> {
    urls.iter().try_for_each(|url| match status(url) {
        Ok(200) => Ok(()),
        Ok(status) => Err(format!("{url} answers {status}")),
        Err(reason) => Err(format!("{url} does not answer: {reason}")),
    })
}

fn status(url: &str) -> Result<u16, String> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http").ok_or("it is no http:// address")?;
    let addresses = url.socket_addrs(|| None).map_err(|error| error.to_string())?;
    let mut stream = connect(&addresses)?;
    let told = ask(&mut stream, &url).map_err(|error| error.to_string())?;
    let status = told.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    status.ok_or_else(|| "it does not speak HTTP".to_owned())
}

/// A name may mean several addresses, as `localhost` does.
fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut reason = "its name has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

/// The beginning of the answer.
fn ask(stream: &mut TcpStream, url: &Url) -> std::io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
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

    /// A service that gives this answer to one question, and the question's first line.
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
    fn only_200_is_health() {
        let (well, asked) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        check(std::slice::from_ref(&well)).unwrap();
        assert_eq!(asked.join().unwrap(), "GET /health/ready HTTP/1.1");
        let (away, asked) = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assert_eq!(check(std::slice::from_ref(&away)).unwrap_err(), format!("{away} answers 503"));
        asked.join().unwrap();
        assert!(check(&[well]).unwrap_err().contains("does not answer"), "nobody listens any more");
        assert!(check(&["https://localhost/".into()]).unwrap_err().contains("no http://"));
    }
}
