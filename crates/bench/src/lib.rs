//! Measures Natter beside other servers: the load generator of `cargo xtask bench`.
//!
//! One thread on a core of its own generates the load; the server that is measured has another core. Nothing here is part of
//! the product, and no test asserts a speed.

#![warn(clippy::too_many_lines)]

mod feed;
mod load;
mod machine;
mod median;
mod net;
mod options;
mod relays;
mod report;
mod rounds;
mod scenarios;
mod servers;

use std::process::ExitCode;

use options::Options;
use scenarios::Context;
use servers::Contender;

/// What can go wrong is only printed.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures as the command line says.
pub fn measure() -> ExitCode {
    match run(&Options::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves as the plain epoll server.
pub fn relay_with_epoll() -> ExitCode {
    relays::plain_epoll::run()
}

/// Prints what the nodes of a large cluster carry.
pub fn simulate_feed() -> ExitCode {
    feed::print()
}

/// Serves as bare socketioxide.
pub fn relay_with_socketioxide() -> ExitCode {
    relays::socketioxide::run()
}

fn run(options: &Options) -> Result<()> {
    machine::raise_open_files()?;
    machine::take_generator_core()?;
    let contenders = contenders(options)?;
    println!("Machine: {}", machine::description());
    let context = Context {
        is_quick: options.is_quick,
        mongodb: options.mongodb.clone(),
        mongod: options.mongodb.as_deref().and_then(machine::process_of),
        found_rates: Default::default(),
    };
    let mut all = Vec::new();
    for scenario in &options.scenarios {
        println!("\n==> {}: {}", scenario.name, scenario.about(context.is_quick));
        all.push(rounds::run(scenario, &context, &contenders, options.rounds));
        println!("\n{}", report::table(&all[all.len() - 1..]));
    }
    if all.len() > 1 {
        println!("\n==> everything\n\n{}", report::table(&all));
    }
    options.output.as_deref().map_or(Ok(()), |folder| report::write(folder, &all))
}

fn contenders(options: &Options) -> Result<Vec<Contender>> {
    let mut all = servers::builds(&options.natter, &options.beside);
    all.extend(servers::relays(&options.programs));
    all.extend(options.peers.iter().flat_map(|folder| servers::scripts(folder)));
    let names: Vec<&str> = all.iter().map(|contender| contender.name.as_str()).collect();
    if let Some(unknown) = options.only.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("no server is called `{unknown}`. There are: {}", names.join(", ")).into());
    }
    all.retain(|contender| options.only.is_empty() || options.only.contains(&contender.name));
    Ok(all)
}
