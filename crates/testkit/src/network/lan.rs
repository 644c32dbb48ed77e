//! A local network in which a name stands for this machine, for browsers that use plain http.
//!
//! It is a SOCKS proxy (RFC 1928) that resolves the name for its clients, so that this machine needs no configuration. Every
//! other name is unreachable.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The name, in a domain that is reserved for tests (RFC 6761).
pub const NAME: &str = "natter.test";

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const CONNECT: u8 = 1;
const BY_NAME: u8 = 3;

const GRANTED: u8 = 0;
const UNREACHABLE: u8 = 4;
const REFUSED: u8 = 5;

/// Starts the proxy and returns its port. It runs until the test ends.
///
/// # Panics
/// When there is no free port.
pub async fn start() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port is found");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A browser that disconnects early needs no answer.
            tokio::spawn(async move { drop(serve(client).await) });
        }
    });
    port
}

async fn serve(mut client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let [_, count] = read(&mut client).await?;
    client.read_exact(&mut vec![0; usize::from(count)]).await?;
    client.write_all(&[VERSION, NO_AUTHENTICATION]).await?;
    let [_, command, _, kind] = read(&mut client).await?;
    if command != CONNECT || kind != BY_NAME {
        return answer(&mut client, UNREACHABLE).await;
    }
    let mut name = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut name).await?;
    let port = client.read_u16().await?;
    if name != NAME.as_bytes() {
        return answer(&mut client, UNREACHABLE).await;
    }
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        return answer(&mut client, REFUSED).await;
    };
    server.set_nodelay(true)?;
    answer(&mut client, GRANTED).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

async fn read<const COUNT: usize>(client: &mut TcpStream) -> io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    client.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Sends the reply. Its address is unused, because clients asked by name.
async fn answer(client: &mut TcpStream, reply: u8) -> io::Result<()> {
    client.write_all(&[VERSION, reply, 0, 1, 0, 0, 0, 0, 0, 0]).await
}
