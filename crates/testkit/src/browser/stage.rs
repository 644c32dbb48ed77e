//! A Natter and browsers of one engine that reach it in one way: what a test needs that holds for all of them.

use crate::browser::{Driver, Engine, Window};
use crate::network::lan;
use crate::network::proxy::Proxy;
use crate::process::natter::Natter;
use crate::wait;

/// How browsers reach Natter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// As `localhost`, which browsers trust as they do https.
    Loopback,
    /// By a name, over plain http: what browsers keep for secure pages is not there.
    Lan,
}

impl Network {
    /// The name by which Natter is called.
    pub fn host(self) -> &'static str {
        match self {
            Self::Loopback => "localhost",
            Self::Lan => lan::NAME,
        }
    }
}

/// A running Natter behind a network that can fail, and what opens windows on it.
#[derive(Debug)]
pub struct Stage {
    /// Natter itself.
    pub natter: Natter,
    /// What lies between browsers and the chat service.
    pub chat: Proxy,
    /// How browsers reach both services.
    pub network: Network,
    users: Proxy,
    driver: Driver,
}

impl Stage {
    /// Starts Natter and what opens windows.
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
        stage.lead();
        stage
    }

    fn lead(&self) {
        self.users.lead_to(self.natter.users_port);
        self.chat.lead_to(self.natter.chat_port);
    }

    /// Opens a window with a profile of its own.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window(&self) -> Window {
        self.driver.window().await
    }

    /// Starts Natter again on the same data, after it was killed.
    pub async fn restart(mut self) -> Self {
        self.natter = self.natter.kill_and_restart().await;
        self.lead();
        self
    }

    /// Has the page see whether it is a secure one, which it is if and only if the network makes it so.
    ///
    /// # Panics
    /// When it is not as it should be, so that a test does not show what it says.
    pub async fn is_reached_as_it_should_be(&self, window: &Window) {
        let is_secure = self.network == Network::Loopback;
        wait::until_equal("whether the page is secure", is_secure.into(), async || {
            window.run("return isSecureContext", vec![]).await
        })
        .await;
    }
}
