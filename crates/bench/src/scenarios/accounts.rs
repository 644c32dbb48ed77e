//! The users service: the list of users, and log-ins beside the hash that each of them must compute.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::pages::load_as;
use super::{Context, DISTURBED, Figure, Scenario, WARM_UP};
use crate::Result;
use crate::load::http_loop::Plan;
use crate::machine::{on_server_core, undisturbed};
use crate::net::request::{bearer, get, post};
use crate::servers::{Contender, PASSWORD, log_in_body};

/// Log-ins at the same time. One core computes one hash at a time; the others wait.
const LOG_INS: usize = 4;
/// Parameters of Natter's hashes: OWASP's first recommendation.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// As long as the salts of Natter's hashes.
const SALT: &[u8] = b"sixteen bytes at";

/// The first page of users.
pub(super) fn users(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let mut token = String::new();
    for user in 0..scenario.size(context) {
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

/// Log-ins, and then argon2id alone with the same parameters, on the same core.
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
    let alone = undisturbed(&context.own(&server), || on_server_core(|| argon2id_alone(context.time())))?;
    let (log_ins, mark) = (figures[0].value, figures[0].mark.or(alone.is_disturbed.then_some(DISTURBED)));
    println!("    argon2id alone: {:.1}/s", alone.value);
    figures.push(Figure::more("of argon2id alone", log_ins / alone.value).marked(mark));
    Ok(figures)
}

/// Hashes that this thread computes in a second, always in the same memory.
fn argon2id_alone(time: Duration) -> Result<f64> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let argon2id = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = vec![Block::new(); MEMORY_KIB as usize];
    let (start, mut count, mut hash) = (Instant::now(), 0, [0; Params::DEFAULT_OUTPUT_LEN]);
    while start.elapsed() < time {
        argon2id.hash_password_into_with_memory(PASSWORD.as_bytes(), SALT, &mut hash, &mut memory)?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
