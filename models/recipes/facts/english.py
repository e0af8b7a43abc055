"""What English documents say: kinds of things, what each can be asked, and the sentences for it. {n} is the thing, {v} the value."""
from .kinds import Attribute, Kind
from .values import COLOURS, FIRST, made_up, one_of

GENERAL_STATEMENTS = ["The {label} of {n} is {v}.", "For {n}, the {label} is {v}.", "{n}: {label} {v}."]
# The value stands before all that tells what it is of: of a sentence that is read once, from left to right, the hardest.
VALUE_FIRST_STATEMENTS = ["{v} is the {label} of {n}.", "It is {v} that is the {label} of {n}."]
GENERAL_QUESTIONS = ["What is the {label} of {n}?", "What is {n}'s {label}?", "Tell me the {label} of {n}."]

RULES = one_of(
    "housing allowance; commuting allowance; meal allowance; family allowance; night shift allowance; overtime pay; annual leave; "
    "sick leave; parental leave; study leave; marriage leave; summer leave; care leave; volunteer leave; travel budget; book budget; "
    "training budget; phone allowance; moving allowance; clothing allowance; retirement fund; safety bonus; language bonus; "
    "referral bonus; holiday bonus; remote work; flexible hours; car rental; parking permit; expense claim; business trip; badge renewal"
)
EVENTS = "workshop; festival; meeting; course; exhibition; contest; seminar; concert; audit; fire drill; conference; tour"
GOODS = "lamp; printer; camera; drill; heater; kettle; desk; bicycle; pump; scanner; radio; fan; oven; tent; clock; router"
PLACES = "library; museum; gym; hall; garden; clinic; canteen; warehouse; office; laboratory; pool; theater"

KINDS = [
    Kind("person", lambda rng: f"{FIRST(rng)} {made_up(rng)}", [
        Attribute("birthplace", "city", ["{n} was born in {v}.", "{n} comes from {v}."], ["Where was {n} born?", "Where does {n} come from?"]),
        Attribute("year of birth", "year", ["{n} was born in {v}.", "It was in {v} that {n} was born."], ["What year was {n} born?", "When was {n} born?"]),
        Attribute("department", "department", ["{n} works in {v}.", "{n} is a member of {v}."], ["Where does {n} work?", "Which department is {n} in?"]),
        Attribute("manager", "person", ["{n} reports to {v}.", "{v} is the manager of {n}."], ["Who is the manager of {n}?", "Who does {n} report to?"]),
        Attribute("phone number", "phone", ["Call {n} at {v}.", "{n} can be reached at {v}."], ["How can {n} be reached?", "What number do I call to reach {n}?"]),
        Attribute("room", "room", ["{n} sits in {v}.", "You find {n} in {v}."], ["Where does {n} sit?", "Which room is {n} in?"]),
        Attribute("favorite color", "colour", ["{n} likes {v} best.", "{n} loves the color {v}."], ["Which color does {n} like?"]),
        Attribute("employer", "company", ["{n} founded {v}.", "{v} was founded by {n}."], ["Which company did {n} found?"]),
        Attribute("first day", "date", ["{n} joined us on {v}.", "{n} started here on {v}."], ["When did {n} join?", "When did {n} start?"]),
    ], "the staff list"),
    Kind("event", lambda rng: f"the {made_up(rng)} {one_of(EVENTS)(rng)}", [
        Attribute("place", "city", ["{n} takes place in {v}.", "{n} will be held in {v}."], ["Where does {n} take place?", "Where will {n} be held?"]),
        Attribute("date", "date", ["{n} is on {v}.", "We hold {n} on {v}."], ["When is {n}?", "On what day is {n}?"]),
        Attribute("fee", "money", ["{n} costs {v}.", "You must pay {v} for {n}."], ["How much does {n} cost?", "How much is {n}?"]),
        Attribute("capacity", "people", ["{n} has room for {v}.", "Up to {v} can join {n}."], ["How many people can join {n}?"]),
        Attribute("organizer", "person", ["{n} is run by {v}.", "{v} is responsible for {n}."], ["Who runs {n}?", "Who is responsible for {n}?"]),
        Attribute("starting time", "time", ["{n} starts at {v}.", "{n} begins at {v} sharp."], ["What time does {n} start?", "When does {n} begin?"]),
        Attribute("length", "duration", ["{n} lasts {v}.", "{n} goes on for {v}."], ["How long does {n} last?", "How long is {n}?"]),
        Attribute("sponsor", "company", ["{n} is paid for by {v}.", "{v} sponsors {n}."], ["Who sponsors {n}?", "Which company sponsors {n}?"]),
        Attribute("deadline", "date", ["Sign up for {n} by {v}.", "Registration for {n} closes on {v}."], ["By when do I sign up for {n}?", "When does registration for {n} close?"]),
    ], "the events"),
    Kind("rule", lambda rng: f"the {RULES(rng)}" if rng.random() < 0.5 else f"the {made_up(rng)} {RULES(rng)}", [
        Attribute("amount", "money", ["The company pays {v} for {n}.", "{n} comes to {v}."], ["How much is {n}?", "How much does the company pay for {n}?"]),
        Attribute("limit", "days", ["{n} is granted for {v}.", "Everyone may use {n} for {v}."], ["How many days is {n} granted?", "For how many days may I use {n}?"]),
        Attribute("notice period", "duration", ["Apply for {n} {v} in advance.", "Requests for {n} are made {v} ahead."], ["How far in advance do I apply for {n}?", "How early are requests for {n} made?"]),
        Attribute("approver", "person", ["{n} is approved by {v}.", "{v} approves {n}."], ["Who approves {n}?", "Who decides on {n}?"]),
        Attribute("responsible office", "department", ["Send the form for {n} to {v}.", "{v} handles {n}."], ["Where do I send the form for {n}?", "Who handles {n}?"]),
        Attribute("form", "code", ["Use form {v} for {n}.", "{n} is requested with form {v}."], ["Which form is used for {n}?", "What form do I need for {n}?"]),
        Attribute("rate", "percent", ["{n} is paid at {v}.", "The rate for {n} is {v}."], ["At what rate is {n} paid?"]),
        Attribute("start of validity", "date", ["{n} has been in force since {v}.", "{n} changed on {v}."], ["Since when is {n} in force?"]),
        Attribute("waiting period", "years", ["{n} is open to staff after {v}.", "You can use {n} after {v} of service."], ["After how long can I use {n}?"]),
    ], "the work rules"),
    Kind("product", lambda rng: f"the {made_up(rng)} {one_of(GOODS)(rng)}", [
        Attribute("price", "money", ["{n} costs {v}.", "{n} sells for {v}."], ["How much does {n} cost?", "How much is {n}?"]),
        Attribute("weight", "weight", ["{n} weighs {v}."], ["How much does {n} weigh?", "How heavy is {n}?"]),
        Attribute("color", "colour", ["{n} comes in {v}.", "{n} is {v}."], ["What color is {n}?"]),
        Attribute("warranty", "years", ["{n} has a warranty of {v}.", "{n} is guaranteed for {v}."], ["How long is the warranty of {n}?"]),
        Attribute("maker", "company", ["{n} is made by {v}.", "{v} makes {n}."], ["Who makes {n}?", "Which company makes {n}?"]),
        Attribute("model number", "code", ["{n} is sold as {v}."], ["What model is {n}?"]),
        Attribute("height", "length", ["{n} is {v} high.", "{n} measures {v}."], ["How high is {n}?"]),
        Attribute("highest temperature", "degrees", ["{n} must not get hotter than {v}.", "{n} works up to {v}."], ["How hot may {n} get?"]),
        Attribute("stock", "pieces", ["There are {v} of {n} in stock.", "We have {v} of {n}."], ["How many of {n} are in stock?"]),
        Attribute("tank volume", "litres", ["{n} holds {v}.", "The tank of {n} takes {v}."], ["How much does {n} hold?"]),
    ], "the product list"),
    Kind("facility", lambda rng: f"the {made_up(rng)} {one_of(PLACES)(rng)}", [
        Attribute("floor", "floor", ["{n} is on {v}.", "Go to {v} for {n}."], ["On which floor is {n}?"]),
        Attribute("opening time", "time", ["{n} opens at {v}."], ["When does {n} open?", "What time does {n} open?"]),
        Attribute("closing day", "weekday", ["{n} is closed {v}.", "{n} stays shut {v}."], ["On what day is {n} closed?", "When is {n} closed?"]),
        Attribute("caretaker", "person", ["{n} is looked after by {v}.", "{v} takes care of {n}."], ["Who takes care of {n}?", "Who looks after {n}?"]),
        Attribute("number of seats", "people", ["{n} seats {v}.", "{n} is large enough for {v}."], ["How many people does {n} seat?"]),
        Attribute("phone number", "phone", ["The number of {n} is {v}.", "Call {v} to reach {n}."], ["What is the number of {n}?"]),
        Attribute("year of construction", "year", ["{n} was built in {v}.", "{n} dates from {v}."], ["When was {n} built?", "What year was {n} built?"]),
        Attribute("entrance fee", "money", ["Entry to {n} is {v}.", "{n} charges {v}."], ["How much is entry to {n}?"]),
    ], "the buildings"),
    Kind("project", lambda rng: f"project {made_up(rng)}" if rng.random() < 0.7 else f"the {COLOURS(rng)} {made_up(rng)} plan", [
        Attribute("leader", "person", ["{n} is led by {v}.", "{v} leads {n}."], ["Who leads {n}?"]),
        Attribute("budget", "money", ["{n} has a budget of {v}.", "We spend {v} on {n}."], ["How much do we spend on {n}?"]),
        Attribute("start", "date", ["{n} starts on {v}.", "Work on {n} begins on {v}."], ["When does {n} start?"]),
        Attribute("end", "date", ["{n} ends on {v}.", "{n} must be finished by {v}."], ["When does {n} end?", "By when must {n} be finished?"]),
        Attribute("customer", "company", ["{n} is done for {v}.", "{v} ordered {n}."], ["Who ordered {n}?", "For which company is {n} done?"]),
        Attribute("number of members", "people", ["{v} work on {n}.", "{n} employs {v}."], ["How many people work on {n}?"]),
        Attribute("project code", "code", ["{n} is booked under {v}."], ["Under which code is {n} booked?"]),
        Attribute("site", "city", ["{n} is carried out in {v}.", "The team of {n} is in {v}."], ["Where is {n} carried out?"]),
    ], "the projects"),
]  # fmt: skip

FILLERS = [
    "Please read this notice carefully.", "The rules below apply to all staff.", "Ask your manager if anything is unclear.",
    "This page was checked last week.", "Further details will follow.", "Thank you for your help.",
    "Changes are announced on the notice board.", "Keep a copy of this page.", "All other rules remain unchanged.",
]  # fmt: skip
HEADINGS = ["Notice", "Overview", "Details", "Guide", "General rules", "Summary", "Staff handbook", "Information"]
