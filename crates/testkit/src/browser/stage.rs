//! A Natter, and browsers of one engine that reach it over one kind of network: the fixture of tests that run in each
//! combination.

use crate::browser::{Driver, Engine, Window};
use crate::network::lan;
use crate::network::proxy::Proxy;
use crate::process::natter::Natter;
use crate::wait;

/// How browsers reach Natter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// As `localhost`, a secure context like https.
    Loopback,
    /// By a name over plain http, which is no secure context.
    Lan,
}

impl Network {
    /// The host name in Natter's URLs.
    pub fn host(self) -> &'static str {
        match self {
            Self::Loopback => "localhost",
            Self::Lan => lan::NAME,
        }
    }
}

/// A running Natter behind a network that can fail, and a driver for its browsers.
#[derive(Debug)]
pub struct Stage {
    /// The process.
    pub natter: Natter,
    /// The network between browsers and the chat service.
    pub chat: Proxy,
    /// How browsers reach both services.
    pub network: Network,
    users: Proxy,
    driver: Driver,
}

impl Stage {
    /// Starts Natter and the driver.
    ///
    /// # Panics
    /// When a program is not installed, with the command that installs it.
    pub async fn of(engine: Engine, network: Network) -> Self {
        let (users, chat) = (Proxy::start().await, Proxy::start().await);
        let url = |proxy: &Proxy| format!("http://{}:{}", network.host(), proxy.port);
        let settings = [("USERS_URL", &*url(&users)), ("CHAT_URL", &*url(&chat))];
        let natter = Natter::start_with(&settings).await;
        let proxy = if network == Network::Lan { Some(lan::start().await) } else { None };
        let driver = Driver::of(engine, proxy).await;
        let stage = Self { natter, chat, network, users, driver };
        stage.connect_proxies();
        stage
    }

    fn connect_proxies(&self) {
        self.users.forward_to(self.natter.users_port);
        self.chat.forward_to(self.natter.chat_port);
    }

    /// Opens a window with its own profile.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window(&self) -> Window {
        self.driver.window().await
    }

    /// Kills Natter and starts it again on the same data.
    pub async fn restart(mut self) -> Self {
        self.natter = self.natter.kill_and_restart().await;
        self.connect_proxies();
        self
    }

    /// Checks that the page is a secure context if and only if the network is the loopback one.
    ///
    /// # Panics
    /// When it is not: then the test would not test what its name says.
    pub async fn assert_secure_context(&self, window: &Window) {
        let is_secure = self.network == Network::Loopback;
        wait::until_equal("whether the page is secure", is_secure.into(), async || {
            window.run("return isSecureContext", vec![]).await
        })
        .await;
    }
}
