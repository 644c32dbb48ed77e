//! A network in which a name leads to this machine: what a browser in the next room sees, by plain http.
//!
//! It is a SOCKS proxy (RFC 1928), which resolves names for the browsers that use it, so that nothing on this machine
//! need know the name. Any other name leads nowhere.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// The name; one of those that are kept for tests (RFC 6761).
pub const NAME: &str = "natter.test";

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const CONNECT: u8 = 1;
const BY_NAME: u8 = 3;

const GRANTED: u8 = 0;
const UNREACHABLE: u8 = 4;
const REFUSED: u8 = 5;

/// Starts the proxy on a free port, which is given; it runs as long as the test does.
///
/// # Panics
/// When there is no free port.
pub async fn start() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port is found");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A browser that breaks off in between needs no answer.
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

/// Says how it went; the address after it tells nothing to those who asked by name.
async fn answer(client: &mut TcpStream, how: u8) -> io::Result<()> {
    client.write_all(&[VERSION, how, 0, 1, 0, 0, 0, 0, 0, 0]).await
}
