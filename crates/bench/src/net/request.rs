//! HTTP requests: as bytes for the load, and one at a time for what comes before it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::Result;

/// A GET request that keeps its connection. `headers` are lines that end with CR LF.
pub(crate) fn get(server: SocketAddr, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {server}\r\n{headers}\r\n").into_bytes()
}

/// A POST request with a JSON body that keeps its connection. `headers` are lines that end with CR LF.
pub(crate) fn post(server: SocketAddr, path: &str, headers: &str, body: &Value) -> Vec<u8> {
    with_body("POST", server, path, headers, body)
}

fn with_body(method: &str, server: SocketAddr, path: &str, headers: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\n{headers}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The header with a token.
pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Posts JSON on a connection of its own. Returns the JSON of the answer.
///
/// # Errors
/// When the server does not answer with a status of success and JSON.
pub(crate) fn post_once(server: SocketAddr, path: &str, headers: &str, body: &Value) -> Result<Value> {
    call_once("POST", server, path, headers, body)
}

/// Puts JSON on a connection of its own. Returns the JSON of the answer.
///
/// # Errors
/// When the server does not answer with a status of success and JSON.
pub(crate) fn put_once(server: SocketAddr, path: &str, headers: &str, body: &Value) -> Result<Value> {
    call_once("PUT", server, path, headers, body)
}

fn call_once(method: &str, server: SocketAddr, path: &str, headers: &str, body: &Value) -> Result<Value> {
    let headers = format!("{headers}Connection: close\r\n");
    let answer = exchange(server, &with_body(method, server, path, &headers, body))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without an end of its head")?;
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!("{method} {path}: {answer}").into());
    }
    Ok(serde_json::from_str(body)?)
}

/// Whether a GET request is answered, with any status.
pub(crate) fn is_answered(server: SocketAddr, path: &str) -> bool {
    let request = get(server, path, "Connection: close\r\n");
    exchange(server, &request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 "))
}

fn exchange(server: SocketAddr, request: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
