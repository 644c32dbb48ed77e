//! The users service: the list of users, and log-ins beside the hash that each of them must compute.

use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use auth::{Hasher, Password};

use super::pages::load_as;
use super::{Context, Figure, Scenario, WARM_UP};
use crate::Result;
use crate::load::http_loop::Plan;
use crate::machine::on_server_core;
use crate::net::request::{bearer, get, post};
use crate::servers::{Contender, log_in_body};

/// Log-ins at the same time. One core computes one hash at a time; the others wait.
const LOG_INS: usize = 4;

/// The first page of users.
pub(super) fn users(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let mut token = String::new();
    for user in 0..scenario.size {
        token = server.sign_up(&format!("user{user:04}"))?;
    }
    let requests = [get(server.users, "/users?limit=100", &bearer(&token))];
    let plan = Plan {
        server: server.users,
        requests: &requests,
        status: 200,
        connections: super::pages::CONNECTIONS,
        warm_up: WARM_UP,
        time: context.time(),
    };
    load_as(&plan, context, &server, &mut || Ok(()))
}

/// Log-ins, and then argon2id alone with the parameters of Natter's hashes, on the same core.
pub(super) fn log_ins(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    server.sign_up("reader")?;
    let requests = [post(server.users, "/login", "", &log_in_body("reader"))];
    let plan = Plan {
        server: server.users,
        requests: &requests,
        status: 200,
        connections: LOG_INS,
        warm_up: WARM_UP,
        time: context.time(),
    };
    let mut figures = load_as(&plan, context, &server, &mut || Ok(()))?;
    let alone = on_server_core(|| argon2_alone(context.time()))?;
    let (log_ins, mark) = (figures[0].value, figures[0].mark);
    println!("    argon2id alone: {alone:.1}/s");
    figures.push(Figure::more("of argon2id alone", log_ins / alone).marked(mark));
    Ok(figures)
}

/// Passwords that this thread verifies in a second.
fn argon2_alone(time: Duration) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let password = "correct horse battery";
    let known = Password::parse(password.to_owned()).map_err(|error| format!("{error:?}"))?;
    let hash = runtime.block_on(Hasher::new(1).hash(known))?;
    // The verifier takes the parameters from the hash.
    let (hash, argon2) = (PasswordHash::new(&hash).map_err(|error| error.to_string())?, Argon2::default());
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < time {
        argon2.verify_password(password.as_bytes(), &hash).map_err(|error| error.to_string())?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
