"""The rules of an account for a capture: each a function that finds a refusal or nothing."""

import re
from collections.abc import Callable

from importer.simulator.account import Account, OpportunityType
from importer.simulator.asked import Asked, flat
from importer.simulator.data_types import DATA_TYPES
from importer.simulator.field_rules import INVALID_DATA_TYPE, INVALID_FIELDS, opportunity_refusal
from importer.simulator.replies import Refusal
from importer.simulator.store import Store
from importer.simulator.users import user_with

SEARCH_WORDS = {"ProspectID": "ProspectId"}
"""The one attribute that `SearchBy` spells differently."""

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INVALID_INPUT = "MXInvalidInputException"
NO_EVENT = Refusal("MXInvalidActivityException", "Event Code is invalid or empty")
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
    if type_of(account, asked.event_code) is None:
        return NO_EVENT
    return None


def attributes_exist(account: Account, asked: Asked) -> Refusal | None:
    known = account.known_attributes
    if known is None:
        return None
    unknown = [attribute for attribute in asked.lead if attribute not in known]
    if unknown:
        message = f"Attribute(s) does not exist : {', '.join(unknown)}"
        return Refusal("MXUnknownAttributeException", message)
    return None


def attributes_fit(account: Account, asked: Asked) -> Refusal | None:
    """Options aside: on leads LeadSquared stores what is none of them, and says nothing."""
    for name, rule in account.attribute_rules.items():
        value = asked.lead.get(name, "")
        if rule.max_length is not None and len(value) > rule.max_length:
            return Refusal(INVALID_INPUT, f"{name} is longer than {rule.max_length} characters")
        if value and not DATA_TYPES[rule.data_type](value):
            return Refusal(INVALID_DATA_TYPE, f"{name} is of datatype : '{rule.data_type}'")
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
    kind = type_of(account, asked.event_code)
    return opportunity_refusal(kind, asked) if kind else None


def owner_is_a_user(account: Account, asked: Asked) -> Refusal | None:
    owner = dict(flat(asked.fields)).get("Owner")
    user = user_with(account, owner) if owner else None
    if owner and account.users and not (user and user.active):
        return Refusal(INVALID_FIELDS, "Field name : 'Owner' is not the id of an active user")
    return None


RULES: tuple[Callable[[Account, Asked], Refusal | None], ...] = (
    no_script,
    flags_agree,
    event_code_is_known,
    attributes_exist,
    attributes_fit,
    search_by_is_usable,
    opportunity_fits,
    owner_is_a_user,
)


def type_of(account: Account, code: str) -> OpportunityType | None:
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
    missing = [attribute for attribute in account.must_have if not asked.lead.get(attribute)]
    if missing and not found:
        return Refusal("MXMandatoryAttributeMissingException", f"{missing[0]} is mandatory.")
    return None
