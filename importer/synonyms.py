"""Headings as people write them, and what each most likely is in LeadSquared."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from importer.folding import fold

# Where a column may go: the schema name of a lead attribute, or one of these places in the opportunity.
STATUS, OWNER, NOTE, DATE_TIME = "Status", "Owner", "note", "date_time"
TITLE, STAGE, FIELD = "the opportunity's name", "the stage", "a field of the opportunity"
FULL_NAME = "a whole name"
OF_THE_OPPORTUNITY = (STATUS, OWNER, NOTE, DATE_TIME, TITLE, STAGE, FIELD)

# Of each place the best headings first: of two columns for one place the earlier gets it.
HEADINGS: dict[str, tuple[str, ...]] = {
    "EmailAddress": (
        *("Email Address", "Email", "Mail", "Email ID", "Mail ID", "Primary Email", "Personal Email"),
        *("Contact Email", "Work Email", "Official Email", "Email 1", "Username"),
    ),
    "Phone": (
        *("Phone", "Phone Number", "Phone No", "Primary Phone", "Contact Number", "Contact No", "Contact"),
        *("Telephone", "Telephone Number", "Tel", "Tel No", "Ph", "Ph No", "Phone 1", "Calling Number"),
        *("Home Phone", "Work Phone", "Office Phone", "Landline"),
    ),
    "Mobile": (
        *("Mobile", "Mobile Number", "Mobile No", "Mobile Phone", "Mob", "Mob No", "Cell", "Cell Phone"),
        *("Cell Number", "Cellphone", "Handphone", "WhatsApp", "WhatsApp Number", "WhatsApp No"),
        *(
            "Alternate Number",
            "Alternate Phone",
            "Alternate Mobile",
            "Alternate Contact",
            "Alt Phone",
        ),
        *("Secondary Phone", "Phone 2", "Mobile 2", "Other Phone"),
    ),
    "FirstName": ("First Name", "Given Name", "Forename", "F Name", "Name First"),
    "LastName": ("Last Name", "Surname", "Family Name", "L Name", "Name Last"),
    FULL_NAME: (
        *("Full Name", "Name", "Customer Name", "Client Name", "Lead Name", "Contact Name", "Person Name"),
        *("Student Name", "Applicant Name", "Candidate Name", "Contact Person", "Prospect Name", "Your Name"),
        *("Borrower Name", "Patient Name", "Customer", "Lead", "Applicant", "Student"),
    ),
    "Company": (
        *("Company", "Company Name", "Organisation", "Organization", "Organisation Name", "Account Name"),
        *("Organization Name", "Employer", "Employer Name", "Firm", "Business Name", "Account"),
    ),
    "JobTitle": ("Job Title", "Designation", "Position", "Role", "Job Role", "Occupation", "Profession"),
    "Source": (
        *("Source", "Lead Source", "Enquiry Source", "Inquiry Source", "Source of Enquiry", "Source of Lead"),
        *("How did you hear about us", "Original Source", "Referral Source"),
    ),
    "SourceMedium": ("Source Medium", "Medium", "UTM Medium", "Lead Medium", "Traffic Channel"),
    "SourceCampaign": (
        *("Source Campaign", "Campaign", "Campaign Name", "UTM Campaign", "Lead Campaign", "Ad Campaign"),
    ),
    "SourceContent": ("Source Content", "UTM Content", "Ad Content", "Ad Name", "Creative"),
    "SourceReferrerURL": ("Source Referrer URL", "Referrer URL", "Referrer", "Referer", "Landing Page"),
    "Website": ("Website", "Web Site", "Website URL", "Company Website", "URL", "Web Address", "Homepage"),
    "Industry": ("Industry", "Sector", "Industry Type", "Business Type", "Vertical"),
    "mx_Street1": (
        *("Address", "Address 1", "Address Line 1", "Street", "Street 1", "Street Address", "Line 1"),
        *("Residential Address", "Mailing Address", "Current Address", "Mailing Street"),
    ),
    "mx_Street2": ("Address 2", "Address Line 2", "Street 2", "Locality", "Area", "Landmark", "Line 2"),
    "mx_City": ("City", "Town", "City Name", "Mailing City", "Current City", "City of Residence", "District"),
    "mx_State": ("State", "Province", "State Name", "Region", "State Province", "Mailing State", "County"),
    "mx_Country": ("Country", "Country Name", "Mailing Country", "Country of Residence", "Nation"),
    "mx_Zip": (
        *("Zip", "Zip Code", "Pin Code", "Pincode", "Pin", "Postal Code", "Post Code", "Postcode", "PIN No"),
    ),
    "mx_Date_Of_Birth": ("Date of Birth", "DOB", "Birth Date", "Birthday", "D.O.B."),
    "mx_Gender": ("Gender", "Sex"),
    "ProspectID": ("Prospect ID", "Lead ID", "LeadSquared ID", "Prospect GUID", "Lead GUID", "LSQ ID"),
    "ProspectStage": ("Lead Stage", "Prospect Stage", "Lead Status", "Contact Stage"),
    "OwnerId": ("Lead Owner", "Lead Owner ID", "Contact Owner", "Prospect Owner"),
    "DoNotEmail": ("Do Not Email", "Email Opt Out", "Unsubscribed", "No Email"),
    "DoNotCall": ("Do Not Call", "DND", "Call Opt Out", "No Calls"),
    "Notes": ("Lead Notes", "Lead Remarks", "Profile Notes"),
    OWNER: (
        *("Owner", "Owner ID", "Opportunity Owner", "Deal Owner", "Assigned To", "Assigned", "Assignee"),
        *("Sales Person", "Salesperson", "Sales Owner", "Sales Rep", "Sales Executive", "Counsellor"),
        *("Counselor", "Relationship Manager", "RM", "RM Name", "Agent", "Agent Name", "Telecaller"),
    ),
    STATUS: ("Opportunity Status", "Status", "Deal Status", "Enquiry Status", "Current Status"),
    NOTE: (
        *("Opportunity Note", "Remarks", "Remark", "Comments", "Comment", "Notes", "Note", "Description"),
        *("Message", "Requirement", "Requirements", "Query", "Enquiry", "Details", "Feedback", "Summary"),
        *("Additional Information", "Call Notes", "Follow Up Remarks"),
    ),
    DATE_TIME: (
        *("Opportunity Date", "Enquiry Date", "Enquired On", "Date of Enquiry", "Inquiry Date", "Lead Date"),
        *("Created On", "Created Date", "Creation Date", "Create Date", "Created At", "Date Created"),
        *("Timestamp", "Submitted At", "Submitted On", "Submission Date", "Application Date", "Applied On"),
        *("Received On", "Date Added", "Added On", "Registration Date", "Date", "Date and Time", "Date Time"),
    ),
    TITLE: (
        *("Opportunity Name", "Deal Name", "Opportunity", "Deal", "Product", "Product Name", "Course"),
        *("Course Name", "Loan Type", "Program", "Programme", "Program Name", "Interested In", "Service"),
        *("Course Interested", "Product Interested", "Project", "Project Name", "Plan", "Policy Type"),
        *("Scheme", "Property", "Model", "Type of Loan", "Loan Product"),
    ),
    STAGE: ("Opportunity Stage", "Stage", "Deal Stage", "Sales Stage", "Pipeline Stage", "Sub Status"),
    FIELD: (
        *("Amount", "Loan Amount", "Deal Amount", "Deal Value", "Opportunity Value", "Opportunity Amount"),
        *("Deal Size", "Value", "Expected Revenue", "Expected Amount", "Budget", "Fee", "Fees", "Course Fee"),
        *("Price", "Premium", "Sum Assured", "EMI", "Tenure", "Loan Tenure", "Interest Rate", "Discount"),
        *("Quantity", "Probability", "Currency", "Down Payment", "Ticket Size", "Order Value", "Tuition"),
        *("Expected Closure Date", "Expected Close Date", "Closing Date", "Close Date", "Closure Date"),
        *("Expected Deal Size", "Actual Closure Date", "Next Follow Up", "Next Follow Up Date"),
        *("Follow Up Date", "Follow Up", "Appointment Date", "Visit Date", "Site Visit Date", "Due Date"),
        *("Branch", "Branch Name", "Campus", "Centre", "Center", "Location", "Store", "Showroom", "Dealer"),
        *("Intake", "Batch", "Semester", "Academic Year", "Specialization", "Specialisation", "Department"),
        *("Qualification", "Highest Qualification", "Property Type", "Configuration", "Unit Type", "Variant"),
        *("Salary", "Monthly Income", "Annual Income", "Income", "CIBIL Score", "Credit Score", "PAN"),
        *("Employment Type", "Priority", "Rating", "Category", "Sub Category", "Lost Reason", "Reason"),
        *("Application No", "Application Number", "Application ID", "Enquiry No", "Enquiry ID", "Policy No"),
        *("Policy Number", "Loan Account Number", "Order ID", "Order No", "Invoice No", "Deal ID"),
        *(
            "Opportunity ID",
            "Reference No",
            "Ref No",
            "Channel",
            "Partner",
            "Partner Name",
            "DSA",
            "DSA Name",
        ),
    ),
}

# What people write before a heading to say whose it is, and what adds nothing.
_WHOSE = re.compile(
    r"^(?:(?:the|your|enter|customer|client|lead|contact|applicant|student|candidate|prospect|borrower|"
    r"registered|primary|main|current|patient|buyer|parent|guardian)(?:'?s)?\b[\s_.:-]*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*")

_IN_FULL = {
    **{"acct": "account", "addr": "address", "alt": "alternate", "amt": "amount", "appl": "application"},
    **{"stud": "student", "cand": "candidate", "rmk": "remark", "rmks": "remarks", "int": "interested"},
    **{"cust": "customer", "curr": "current", "desc": "description", "desig": "designation", "dt": "date"},
    **{"enq": "enquiry", "exp": "expected", "inq": "inquiry", "mob": "mobile", "no": "number"},
    **{"nos": "number", "num": "number", "opp": "opportunity", "org": "organisation", "ph": "phone"},
    **{"prod": "product", "qty": "quantity", "ref": "reference", "src": "source", "tel": "telephone"},
}
_WORD = re.compile(r"[^\W\d_]+")


def _in_full(heading: str) -> str:
    """`Enq. Dt` → `enquirydate`: folded, without abbreviations."""
    plain = heading.casefold()
    return fold(_WORD.sub(lambda word: _IN_FULL.get(word[0], word[0]), plain))


_PLACES: dict[str, tuple[str, int]] = {}
_SPELLINGS: dict[str, str] = {}
for _place, _headings in HEADINGS.items():
    for _number, _heading in enumerate(_headings):
        _PLACES.setdefault(_in_full(_heading), (_place, _number))
        _SPELLINGS.setdefault(_in_full(_heading), _heading)

_CLOSE = 0.86
_LEAST_LETTERS = 4  # `PIN` is close to `PAN`
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What a heading is taken for.

    place: a lead attribute's schema name, or one of OF_THE_OPPORTUNITY, or FULL_NAME.
    like:  the heading of the table that it is.
    rank:  of two columns for one place the one with the lower rank is better.
    is_close: it is only nearly that heading.
    """

    place: str
    like: str
    rank: int
    is_close: bool = False


def known_as(heading: str) -> Known | None:
    """What this heading most likely is; None where it says nothing."""
    if len(heading) > _LONGEST:
        return None
    plain = _ASIDE.sub(" ", heading)
    for rank, text in enumerate((heading, plain, _WHOSE.sub("", plain.strip()))):
        if found := _PLACES.get(_in_full(text)):
            return Known(found[0], _SPELLINGS[_in_full(text)], 100 * rank + found[1])
    sought = _in_full(plain)
    close = get_close_matches(sought, _PLACES, n=1, cutoff=_CLOSE) if len(sought) > _LEAST_LETTERS else []
    if not close:
        return None
    place, number = _PLACES[close[0]]
    return Known(place, _SPELLINGS[close[0]], 300 + number, is_close=True)
