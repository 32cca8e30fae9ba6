"""The table of checks, by rule id: the same name as the card and the function. Floor 5."""

from vmsnap_lint.checks import (
    classes,
    clones,
    content_relations,
    coverage,
    crd_rules,
    data_volumes,
    exported_contents,
    exported_snapshots,
    exports,
    gitops,
    hygiene,
    identity,
    in_use,
    kustomize,
    reading,
    restore_details,
    restores,
    run_state,
    schema,
    settings,
    snapshot_classes,
    storage_chain,
    suppressions,
    volume_lists,
    volume_snapshots,
    whole,
)
from vmsnap_lint.checks.check import ANY, FILE, RUN, SUPPRESSION, Check

__all__ = ["ANY", "CHECKS", "FILE", "RUN", "SUPPRESSION", "Check"]

# Each family ends with its own table; an id stands in one of them alone (tests/test_cards.py).
FAMILIES = (
    classes,
    clones,
    content_relations,
    coverage,
    crd_rules,
    data_volumes,
    exported_contents,
    exported_snapshots,
    exports,
    gitops,
    hygiene,
    identity,
    in_use,
    kustomize,
    reading,
    restore_details,
    restores,
    run_state,
    schema,
    settings,
    snapshot_classes,
    storage_chain,
    suppressions,
    volume_lists,
    volume_snapshots,
    whole,
)
CHECKS: dict[str, Check] = {
    rule_id: check for family in FAMILIES for rule_id, check in family.CHECKS.items()
}
