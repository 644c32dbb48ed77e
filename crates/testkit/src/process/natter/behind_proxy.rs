//! A Natter whose chat service is behind a network that can fail.

use super::Natter;
use crate::network::proxy::Proxy;
use crate::process::backend::Backend;

/// A name that browsers with [`ON_LAN`] resolve. Plain http with it is no secure context.
const LAN_NAME: &str = "natter.lan";
/// The flag that makes Chromium resolve the name.
pub const ON_LAN: &str = "--host-resolver-rules=MAP natter.lan 127.0.0.1";

impl Natter {
    /// Starts Natter with a chat URL in a local network.
    pub async fn start_on_lan() -> (Self, Proxy) {
        let proxy = Proxy::start().await;
        let url = format!("http://{LAN_NAME}:{}", proxy.port);
        let natter = Self::start_with(&[("CHAT_URL", &url)]).await;
        proxy.forward_to(natter.chat_port);
        (natter, proxy)
    }

    /// Starts Natter and a proxy, whose address is the chat URL.
    pub async fn start_behind_proxy() -> (Self, Proxy) {
        Self::start_behind_proxy_with(&[]).await
    }

    /// As [`Natter::start_behind_proxy`], with additional settings.
    pub async fn start_behind_proxy_with(settings: &[(&str, &str)]) -> (Self, Proxy) {
        let proxy = Proxy::start().await;
        let url = proxy.url();
        let settings = [&[("CHAT_URL", url.as_str())], settings].concat();
        let natter = Self::start_on_with(Backend::Embedded, &settings).await;
        proxy.forward_to(natter.chat_port);
        (natter, proxy)
    }
}
