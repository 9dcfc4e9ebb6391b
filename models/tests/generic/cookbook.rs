//! Every recipe of docs/economy.md loads, runs, and keeps its books.

use super::{load_text, repository, run};

/// Fewest recipes, so that none is lost unnoticed.
const RECIPES_MIN: usize = 7;

#[test]
fn every_recipe_runs() {
    let text = std::fs::read_to_string(repository("docs/economy.md")).unwrap();
    let block = |fence: &str| -> Vec<String> {
        let blocks = text.split(fence).skip(1);
        blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
    };
    let (heads, recipes) = (block("```text\n"), block("```toml\n"));
    assert_eq!(heads.len(), 1, "one text that all recipes have before them");
    assert!(recipes.len() >= RECIPES_MIN, "{} recipes", recipes.len());
    for recipe in recipes {
        let experiment = load_text(&format!("{}{recipe}", heads[0]), &[]);
        let (simulation, rows) = run(&experiment.points[0], 1, 0);
        assert!(!rows.is_empty(), "{recipe}");
        for tally in simulation.ctx.checks.tallies() {
            assert!(tally.passed() && tally.made > 0, "{tally:?} in {recipe}");
        }
    }
}
