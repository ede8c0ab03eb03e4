"""The rules of an account for a capture: each a function that finds a refusal or nothing."""

import re
from collections.abc import Callable

from importer.simulator.account import Account, OpportunityType
from importer.simulator.asked import Asked
from importer.simulator.field_rules import opportunity_refusal
from importer.simulator.replies import Refusal
from importer.simulator.store import Store

SEARCH_WORDS = {"ProspectID": "ProspectId"}
"""The one attribute that `SearchBy` spells differently."""

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INVALID_INPUT = "MXInvalidInputException"
SAME = {"EmailAddress": "Email", "Phone": "Phone Number", "Mobile": "Mobile Number"}


def refusal_of(account: Account, asked: Asked) -> Refusal | None:
    """The first rule that the capture breaks, whoever its lead is."""
    return next(filter(None, (rule(account, asked) for rule in RULES)), None)


def no_script(account: Account, asked: Asked) -> Refusal | None:
    if any("<script" in text.lower() for text in asked.texts()):
        return Refusal("MXXSSException", "The request holds content that looks like a script.")
    return None


def flags_agree(account: Account, asked: Asked) -> Refusal | None:
    if asked.flags["OverwriteFields"] and asked.flags["UpdateEmptyFields"]:
        return Refusal(INVALID_INPUT, "OverwriteFields and UpdateEmptyFields both cannot be true")
    return None


def event_code_is_known(account: Account, asked: Asked) -> Refusal | None:
    if type_of(account, asked) is None:
        return Refusal("MXInvalidActivityException", "Event Code is invalid or empty")
    return None


def attributes_exist(account: Account, asked: Asked) -> Refusal | None:
    if account.attributes is None:
        return None
    known = account.attributes | set(account.unique_attributes)
    unknown = [attribute for attribute in asked.lead if attribute not in known]
    if unknown:
        message = f"Attribute(s) does not exist : {', '.join(unknown)}"
        return Refusal("MXUnknownAttributeException", message)
    return None


def search_by_is_usable(account: Account, asked: Asked) -> Refusal | None:
    if not any(asked.lead.get(attribute) for attribute in account.unique_attributes):
        return Refusal("MXMandatoryAttributeMissingException", "At least one unique lead field is required.")
    if not searched(account, asked):
        return Refusal(INVALID_INPUT, "Invalid SearchBy value provided")
    if asked.uses_own_guid and not GUID.fullmatch(asked.lead.get("ProspectID", "")):
        return Refusal(INVALID_INPUT, "ProspectID is to be a GUID where __UseUserDefinedGuid__ is true")
    return None


def opportunity_fits(account: Account, asked: Asked) -> Refusal | None:
    kind = type_of(account, asked)
    return opportunity_refusal(kind, asked) if kind else None


RULES: tuple[Callable[[Account, Asked], Refusal | None], ...] = (
    no_script,
    flags_agree,
    event_code_is_known,
    attributes_exist,
    search_by_is_usable,
    opportunity_fits,
)


def type_of(account: Account, asked: Asked) -> OpportunityType | None:
    code = asked.event_code
    return account.opportunity_types.get(int(code)) if re.fullmatch(r"[0-9]{1,9}", code) else None


def searched(account: Account, asked: Asked) -> tuple[str, str] | None:
    """The attribute that `SearchBy` names, and its value; None where it names nothing usable."""
    for attribute in account.unique_attributes:
        if asked.search_by == SEARCH_WORDS.get(attribute, attribute) and asked.lead.get(attribute):
            return attribute, asked.lead[attribute]
    return None


def lead_refusal(account: Account, store: Store, asked: Asked, found: str | None) -> Refusal | None:
    """What forbids to create this lead, or to change the found one."""
    for attribute in account.unique_attributes:
        value = asked.lead.get(attribute)
        if value and store.lead_with(attribute, value) not in (None, found):
            message = f"A Lead with same {SAME.get(attribute, attribute)} already exists."
            return Refusal("MXDuplicateEntryException", message)
    missing = [attribute for attribute in account.mandatory_attributes if not asked.lead.get(attribute)]
    if missing and not found:
        return Refusal("MXMandatoryAttributeMissingException", f"{missing[0]} is mandatory.")
    return None
