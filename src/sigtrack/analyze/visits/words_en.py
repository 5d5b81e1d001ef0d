"""English: how visits are told. Each line is a class of verb; its words are separated by commas.

`after` and `before` say on which side of the verb the place stands.
"""

from __future__ import annotations

# Titles by rank.
LEADERS = """
president, presidents, prime minister, prime ministers, premier, premiers, chancellor, king,
queen, emperor, empress, emir, sultan, crown prince, crown princess, prince, princess, taoiseach,
vice president, vice presidents, leader, leaders, head of state, heads of state,
heads of government, supreme leader, pm, king and queen, imperial couple, royal couple,
parliament speaker, parliamentary speaker, speaker of parliament, national assembly speaker,
assembly speaker, speaker, party chief, general secretary, state president, grand duke,
top leader, paramount leader, president elect, prime minister designate, acting president,
acting prime minister, interim president, chairman of the presidium, presidium president,
npc chairman
"""
MINISTERS = """
foreign minister, foreign ministers, foreign secretary, defense minister, defence minister,
defense ministers, defence ministers, defense secretary, defence secretary, defense chief,
defence chief, defense chiefs, defence chiefs, trade minister, trade ministers,
commerce minister, commerce secretary, trade secretary, business secretary, home secretary,
finance minister, finance ministers, finance chief,
finance chiefs, treasury secretary, treasury chief, economy minister, economic minister,
industry minister, unification minister, energy minister, top diplomat, top diplomats, fm, fms,
deputy prime minister, deputy prime ministers, deputy premier, vice premier, vice premiers,
vice minister, vice ministers, vice foreign minister, vice foreign ministers,
vice minister of foreign affairs, deputy foreign minister, deputy foreign ministers,
deputy secretary of state, first vice foreign minister, first vice minister, minister, ministers,
national security adviser, national security advisor, national security advisers,
national security advisors, national security chief, security adviser, security chief,
top security official,
security council secretary, security council chief, trade negotiator, chief negotiator,
top negotiator, negotiator, negotiators, trade chief, trade chiefs, trade envoy, secretary of state,
minister of foreign affairs, minister of defense, minister of defence, minister of foreign trade,
state councilor, state councillor, ministers of foreign affairs, policy chief,
vice premier of the cabinet, interior minister, agriculture minister, environment minister,
health minister, culture minister, justice minister, transport minister, chief cabinet secretary,
cabinet minister, cabinet ministers, people's security minister,
minister of the people's armed forces
"""
ENVOYS = """
special envoy, special envoys, presidential envoy, special presidential envoy,
special representative, former president, former prime minister, ex president, ex premier,
ex prime minister, former premier, former chancellor, former speaker, special envoy of president
"""
# Titles of one country, whatever the text says; a line a country.
FIXED = """
US: us secretary of state, u.s. secretary of state, secretary of defense, secretary of war
US: us trade representative, us treasury secretary
KP: supreme leader kim
"""
# Whoever bears one of these is not the kind of visitor that is looked for.
NOBODIES = """
party leaders, religious leaders, opposition leader, opposition leaders, union leaders,
student leaders, church leaders, tech leaders, community leaders, industry leaders, ambassador,
ambassadors, ambassador to, envoy to, consul, consul general, charge d'affaires, diplomats,
mayor, mayors, governor, governors, lawmaker, lawmakers, congressman, congressmen, congresswoman,
senator, senators, legislators, legislator, mp, mps, parliamentarians, parliamentary delegation,
house delegation, assemblymen, chief executive, chief executives, ceo, ceos,
chairman of the board, executives, executive, entrepreneur, entrepreneurs, tycoon, businessman,
businessmen, business leaders, founder, billionaire, investors, company, companies, automaker,
chipmaker, managing director, central bank chief, central bank governor, ship, ships, warship,
warships, destroyer, destroyers, frigate, frigates, carrier, aircraft carrier, submarine, fleet,
flotilla, navy, vessel, vessels, coast guard, strike group, bomber, bombers, team, teams, squad,
players, player, coach, athletes, athlete, golfer, boxer, wrestlers, band, singer, singers,
actor, actress, idol, orchestra, choir, troupe, dancers, dancer, filmmaker, director, tourists,
tourist, students, student, scholars, scholar, experts, expert, analyst, analysts, journalists,
reporters, professor, pilgrims, youth, youths, farmers, workers, residents, fans, visitors,
scientists, doctors, writers, artists, artist, pope, pontiff, cardinal, archbishop, bishop,
un chief, secretary general, un secretary general, u.n. secretary general, director general,
imf chief, nato chief, who chief, iaea chief, first lady, director of, bureau chief,
assistant secretary, under secretary, undersecretary, spokesman, spokesperson, spokeswoman,
assistant minister, deputy director, director general for, chief of staff,
chief of the general staff, joint chiefs, general staff, chief of army, army chief, navy chief,
air force chief, commander, general, admiral, friendship association, delegation of youth,
women's union, trade union, trade unions, chongryon, red cross, chinese embassy, embassy,
embassies, military attache, party delegation, economic delegation, military delegation,
government delegation, trade delegation, cultural delegation, delegation, delegations, delegates,
religious group, civic group, group, groups, personage, personages, figure, figures, foreigners,
guests, overseas koreans, compatriots,
correspondents, officials, official, aide, aides, vice chairman, chairperson, chairman
"""

# (kind, phase if the verb tells it, on which side its place stands, words)
ACTS: tuple[tuple[str, str | None, str, str], ...] = (
    (
        "go",
        "planned",
        "after",
        """
        to visit, will visit, may visit, could visit, would visit, might visit, plans to visit,
        plan to visit, to travel to, will travel to, may travel to, plans to travel to,
        to head to, will head to, heads to, heading to, head to, headed to, heads for,
        heading for, headed for, off to, sets off for, set off for, set out for, sets out for,
        set out on, leaves for, leaving for, to leave for, will leave for, left for, leave for,
        departs for, departed for, to depart for, departing for, bound for, due in,
        due to arrive in, expected in, to fly to, will fly to, flies to, fly to, flying to,
        en route to, on the way to, on his way to, on her way to, to go to, will go to,
        to arrive in, will arrive in, will be in, to be in, to stop in, to stop over in,
        to make a stop in, to stop by, to pay a visit to, to pay an official visit to,
        to pay a state visit to, to pay a working visit to, will pay a state visit to,
        will pay an official visit to, will pay a visit to, to make a state visit to,
        to make an official visit to, to make a visit to, to tour, going to,
        embarks on a visit to, leaves seoul for, leaves tokyo for, to jet to, jets to,
        sets off on, to set off on, leaves on, departs on, to return to, flies out to,
        invited to, to begin a visit to, to start a visit to
        """,
    ),
    (
        "go",
        "ongoing",
        "after",
        """
        visits, visiting, is visiting, arrives in, arrives at, arrived in, arriving in,
        arrives for, arrive in, arrive at, lands in, landed in, land in, landing in,
        touches down in, touched down in, touch down in, is in, are in, now in, enters,
        travels to, travel to, tours, touring, stops in, stops over in, makes a stop in,
        makes surprise visit to, pays visit to, pays a visit to, pays state visit to,
        pays a state visit to, pays official visit to, pays an official visit to,
        pays quiet call on, flies into, flew into, opens visit to, begins visit to,
        starts visit to, arrive for, steps into, carries letter to, goes to, go to, staying in,
        stays in, was welcomed at, welcomed at, was received at, received at, sits in,
        crosses into, is attending in, reaches, on arrival in, on arrival at, upon arrival in,
        back at, back in, returns to, return to, is on a visit to, is on a state visit to,
        is on an official visit to,
        gets red carpet in, get red carpet in,
        gets red carpet treatment in
        """,
    ),
    (
        "go",
        "done",
        "after",
        """
        visited, had visited, traveled to, travelled to, went to, flew to, flew in to,
        paid a visit to, paid a state visit to, paid an official visit to, was in, were in
        """,
    ),
    (
        "leave",
        "done",
        "after",
        """
        leaves, left, departs, departed, departs from, departed from, flew out of, flies out of,
        flew home from, flies home from, returns from, returned from, return from, back from,
        returning from, home from, returns home from, brought home from, took home from, left in,
        comes home from, came home from, back home from
        """,
    ),
    (
        "trip",
        None,
        "both",
        """
        visit, visits to, visit to, trip, trip to, tour of, tour, trips, stopover, state visit,
        official visit, working visit, state visit to, official visit to, working visit to,
        visit in, journey to, swing, trip through, debut in, foray to
        """,
    ),
    (
        "host",
        None,
        "before",
        """
        hosts, host, hosting, hosted, welcomes, welcomed, welcome, welcoming, receiving, receives,
        received, greets,
        greeted, invites, invited, hugs, rolls out the red carpet for, rolls out red carpet for,
        fetes, entertains, dines, wines and dines
        """,
    ),
    (
        "meet",
        None,
        "both",
        """
        meet, meets, met, meeting, meetings, meeting with, holds talks, hold talks, held talks,
        talks, summit, summits, confer, confers, conferred, dine, dinner, sit down, sits down,
        sat down, holds summit, hold summit, shake hands,
        shakes hands, shook hands, talk for, talked for, embrace, embraced, gather, gathered,
        gathering, keep apart, huddle, to see, cross paths, crossed paths,
        hold trade talks, negotiate, consultations, dialogue
        """,
    ),
    (
        "say",
        "ongoing",
        "both",
        "announces, announced, signs, signed, delivers, delivered, inks, seals, sealed",
    ),
    (
        "attend",
        None,
        "both",
        """
        attends, attend, to attend, attended, attending, joins, join, joined, to join,
        takes part in, take part in, took part in, addresses, addressed, leads delegation to,
        speaks at, spoke at, participates in, skips, skip, to skip, to address, watched, watches,
        watch, parade
        """,
    ),
)
# How far it has come, told beside the verb or in another sentence.
MARKS = {
    "planned": """
    to, leaves for, leave for, departs for, sets off for, will, plans, plan, planned, planning,
    set to, due, expected, slated, scheduled, ahead of, upcoming, before, next week, next month,
    next year, tomorrow, may, could, might, weigh,
    weighs, considering, considers, mulls, eyes, seeks, wants, invites, invitation,
    announces, announced, confirms, confirmed, arrange, arranging, arranges, prepares, preparing,
    preparations, ready, early next month, later this month, this spring, in spring, looming,
    coming, set for, push for, pushes for, awaits, agenda, derail, at the end of the month,
    end of this month, late this month, accepted, accepts, possible, potential,
    proposed, hopes
    """,
    "ongoing": """
    is in, are in, today, kicks off, begins, began, begin, opens, open, starts, started, arrives,
    arrived, stays until, until, underway, under way, now in, visiting, currently,
    second day, is attending, are attending, continues, still, lands, in town
    """,
    "done": """
    ends, ended, end, wraps up, wrapped up, wrap up, wrapping up, winds up, wound up, concludes,
    concluded, conclude, returned, returns, back from, back home, after, flew home, flew out,
    left, leaves, departed, last week, last month, earlier this month, yesterday, successful,
    results of, outcome of, outcomes, fruitful, finished, finishes, completes, completed,
    was there, for three days last week, brought home, following, hailed, met
    """,
    "cancelled": """
    cancels, cancelled, canceled, cancel, cancellation, calls off, called off, call off, scraps,
    scrapped, scrap, shelves, shelved, shelve, puts off, put off, postpones, postponed, postpone,
    postponing, postponement, pushes back, pushed back, push back, delays, delayed, skips, skip,
    skipped, pulls out of, pull out of, pulled out of, pulls out, drops, dropped, off for now,
    not attend, won't attend, will not attend, not to attend, will not visit, won't visit,
    not visit, not go, won't go, will not go, no plan to visit, no plans to visit, falls through,
    fell through, on hold, off the table, rules out, ruled out, snubs, snub, aborted, aborts,
    boycott, boycotts, boycotted
    """,
}
# What is told so of a meeting is over, unless the guest is said to be still there.
OVER = """
met, held, agreed, lasted, was released, discussed, watched, was the first such, affirmed,
reaffirmed, pledged, told, confirmed that, exchanged, signed, attended, conferred,
concluded, said after, came after, took part, took place, kept apart, ended
"""
# The protocol, where it is named.
LEVELS = {
    "state": """
    state visit, state visits, on a state visit, state banquet, state guest, state guests
    """,
    "official": "official visit, official goodwill visit, official friendly visit, official trip",
    "working": "working visit, working trip, working-level visit, official working visit",
    "informal": """
    private visit, private trip, unannounced, surprise visit, informal visit, secret visit,
    quiet visit, quiet call, low key visit, unofficial visit, informal summit
    """,
    "sidelines": """
    on the sidelines, sidelines, on the margins, margins of, on the fringe, on the fringes
    """,
}
# Talks without travel.
REMOTE = """
phone, phones, telephone, by phone, phone call, phone talks, call with, calls with, in call,
holds call, hold call, first call, telephone call, video, virtual, virtually, online,
videoconference, teleconference, video call, remotely, letter to, congratulatory message,
message to, sends message, greetings to, message of
"""
# Where these stand, nobody travels on official business.
VETOES = """
world cup, olympics, olympic, friendly match, qualifier, tournament, league, championship,
playoffs, grand prix, fifa, baseball, football, soccer, basketball, volleyball, golf, tennis,
snooker, concert, album, box office, movie, drama, film festival, k pop, fan meeting, cup final,
semifinal, quarterfinal, ping pong
"""
