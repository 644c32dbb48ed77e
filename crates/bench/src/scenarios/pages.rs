//! What is read over HTTP from the chat service.

use serde_json::json;

use super::{Context, Figure, Scenario, WARM_UP, mark};
use crate::Result;
use crate::load::Writer;
use crate::load::http_loop::{self, Plan};
use crate::machine::undisturbed;
use crate::net::request::{bearer, get, post_once};
use crate::servers::{Contender, Running};

/// Connections that request at the same time.
pub(super) const CONNECTIONS: usize = 8;
/// Messages in the room: more than a page shows.
const MESSAGES: u32 = 60;

const HTML: &str = "Accept: text/html\r\n";
/// As browsers send it.
const COMPRESSED: &str = "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n";

/// The chat page. The scenario's size is the number of messages a second that are sent to the room at the same time.
pub(super) fn page(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    measure(scenario, context, contender, |server, token| get(server.chat, &format!("/?jwt={token}"), HTML))
}

/// The chat page, compressed.
pub(super) fn compressed(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
) -> Result<Vec<Figure>> {
    measure(scenario, context, contender, |server, token| {
        get(server.chat, &format!("/?jwt={token}"), COMPRESSED)
    })
}

/// The newest messages as JSON.
pub(super) fn messages(scenario: &Scenario, context: &Context, contender: &Contender) -> Result<Vec<Figure>> {
    measure(scenario, context, contender, |server, token| {
        get(server.chat, "/messages?limit=50", &bearer(token))
    })
}

fn measure(
    scenario: &Scenario,
    context: &Context,
    contender: &Contender,
    request: fn(&Running, &str) -> Vec<u8>,
) -> Result<Vec<Figure>> {
    let server = context.start(contender, scenario.store)?;
    let token = server.sign_up("visitor")?;
    for number in 0..MESSAGES {
        post_message(&server, &token, number)?;
    }
    let requests = [request(&server, &token)];
    let mut writer = match scenario.size(context) {
        0 => None,
        rate => Some(Writer::new(server.swarm(2, 1)?, rate.into(), server.answers)),
    };
    let figures = load(context, &server, &requests, || writer.as_mut().map_or(Ok(()), Writer::turn))?;
    writer.map_or(Ok(()), Writer::finish)?;
    Ok(figures)
}

fn post_message(server: &Running, token: &str, number: u32) -> Result<()> {
    let text = format!("message number {number} with some more words in it");
    post_once(server.chat, "/messages", &bearer(token), &json!({"text": text}))?;
    Ok(())
}

/// Requests as fast as possible.
pub(super) fn load(
    context: &Context,
    server: &Running,
    requests: &[Vec<u8>],
    mut between: impl FnMut() -> Result<()>,
) -> Result<Vec<Figure>> {
    let plan = Plan {
        server: server.chat,
        requests,
        status: 200,
        connections: CONNECTIONS,
        warm_up: WARM_UP,
        time: context.time(),
    };
    load_as(&plan, context, server, &mut between)
}

/// Requests as planned.
pub(super) fn load_as(
    plan: &Plan<'_>,
    context: &Context,
    server: &Running,
    between: &mut impl FnMut() -> Result<()>,
) -> Result<Vec<Figure>> {
    let run = undisturbed(&context.own(server), || http_loop::run(plan, server.id(), &mut *between))?;
    let http_loop::Findings { requests_per_second, cpu_seconds_per_thousand, p99_ms, usage } = run.value;
    println!("    {requests_per_second:.0}/s, p99 {p99_ms:.1} ms, {}", usage.shares());
    let mark = mark(run.is_disturbed, &usage);
    Ok(vec![
        Figure::more("requests/s", requests_per_second).marked(mark),
        Figure::less("CPU s per thousand", cpu_seconds_per_thousand).marked(mark),
    ])
}
