//! Files for schedulers, from templates.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, context};

use super::Engine;
use super::job::{Job, clock};
use study::store::{self, File, quoted};

/// Files of each engine: name and template.
fn templates(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Slurm => &[
            ("tasks.sh", include_str!("templates/slurm_tasks.sh")),
            ("collect.sh", include_str!("templates/slurm_collect.sh")),
        ],
        Engine::Hyperqueue => &[("run.sh", include_str!("templates/hyperqueue_run.sh"))],
        Engine::Kubernetes => &[
            ("tasks.yaml", include_str!("templates/kubernetes_tasks.yaml")),
            ("merge.yaml", include_str!("templates/kubernetes_merge.yaml")),
            ("collect.sh", include_str!("templates/kubernetes_collect.sh")),
        ],
    }
}

/// The files of a job.
pub fn scripts(job: &Job) -> Vec<File> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    // Shell has its own `{#`, as in ${#list}.
    let syntax = SyntaxConfig::builder()
        .keep_trailing_newline(true)
        .trim_blocks(true)
        .lstrip_blocks(true)
        .comment_delimiters("{##", "##}")
        .build();
    environment.set_syntax(syntax.expect("delimiters that differ"));
    environment.add_filter("quoted", |word: String| quoted(&word));
    environment.add_filter("words", |words: Vec<String>| {
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    });
    // Slurm replaces %a and the like in names of logs.
    environment.add_filter("for_slurm", |path: String| path.replace('%', "%%"));
    let values = context! {
        version => env!("CARGO_PKG_VERSION"),
        folder => format!("{}/submit", job.out),
        clock => clock(job.seconds),
        ..Serde(job)
    };
    let render = |template: &str| {
        environment.render_str(template, &values).expect("the template knows its values")
    };
    let files = templates(job.engine).iter();
    files.map(|(name, template)| store::file(name, render(template))).collect()
}
