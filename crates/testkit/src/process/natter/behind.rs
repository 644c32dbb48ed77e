//! A Natter whose chat browsers reach through a network that can fail.

use super::Natter;
use crate::network::proxy::Proxy;
use crate::process::backend::Store;

/// A name that browsers with [`ON_LAN`] find. Plain http at it is no secure context, as in a house network.
const LAN_NAME: &str = "natter.lan";
/// The flag by which Chromium finds it.
pub const ON_LAN: &str = "--host-resolver-rules=MAP natter.lan 127.0.0.1";

impl Natter {
    /// Starts Natter with its chat at a name in a house network.
    pub async fn start_on_lan() -> (Self, Proxy) {
        let proxy = Proxy::start().await;
        let url = format!("http://{LAN_NAME}:{}", proxy.port);
        let natter = Self::start_with(&[("CHAT_URL", &url)]).await;
        proxy.lead_to(natter.chat_port);
        (natter, proxy)
    }

    /// Starts Natter with the chat's public address being that of a proxy, and the proxy with it.
    pub async fn start_behind_proxy() -> (Self, Proxy) {
        Self::start_behind_proxy_with(&[]).await
    }

    /// As [`Natter::start_behind_proxy`], with further settings.
    pub async fn start_behind_proxy_with(settings: &[(&str, &str)]) -> (Self, Proxy) {
        let proxy = Proxy::start().await;
        let url = proxy.url();
        let settings = [&[("CHAT_URL", url.as_str())], settings].concat();
        let natter = Self::start_on_with(Store::Embedded, &settings).await;
        proxy.lead_to(natter.chat_port);
        (natter, proxy)
    }
}
