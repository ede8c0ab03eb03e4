"""The simulator over real sockets: what a client meets on the wire."""

import json
import socket
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from importer.simulator import Fault, Simulator

KEYS = {"x-LSQ-AccessKey": "access", "x-LSQ-SecretKey": "secret"}
CAPTURE = "/v2/OpportunityManagement.svc/Capture"


def body(email="asha@example.com"):
    lead = [{"Attribute": "EmailAddress", "Value": email}, {"Attribute": "SearchBy", "Value": "EmailAddress"}]
    return json.dumps({"LeadDetails": lead, "Opportunity": {"OpportunityEventCode": 12000}}).encode()


def connection(url, timeout=5.0):
    return closing(HTTPConnection(urlsplit(url).netloc, timeout=timeout))


def capture(client, *email):
    client.request("POST", CAPTURE, body(*email), KEYS)
    reply = client.getresponse()
    return reply.status, reply.read()


def whole_call():
    head = [f"POST {CAPTURE} HTTP/1.1", f"Content-Length: {len(body())}"]
    head += [f"{name}: {value}" for name, value in KEYS.items()]
    return "\r\n".join([*head, "", ""]).encode() + body()


def wait_until(happened, seconds=5.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


def raw(url, sent):
    """What comes back for these bytes until the connection ends."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=5) as client:
        client.sendall(sent)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_one_connection_serves_many_calls():
    with Simulator().serving() as simulator, connection(simulator.url) as client:
        capture(client)
        first = client.sock
        statuses = [capture(client)[0] for _ in range(5)]
        client.request("GET", "/simulator/ledger")
        ledger = json.loads(client.getresponse().read())
        assert client.sock is first
    assert statuses == [200] * 5
    assert len(simulator.opportunities) == len(ledger["opportunities"]) == 6


def test_the_reply_over_the_wire_is_the_honest_answer_in_utf_8():
    with Simulator().serving() as simulator, connection(simulator.url) as client:
        status, said = capture(client, "zoë@example.com")
    assert status == 200
    assert json.loads(said)["CreatedOpportunityId"] == simulator.opportunities[0].id
    assert [lead["EmailAddress"] for lead in simulator.leads.values()] == ["zoë@example.com"]


@pytest.mark.parametrize("ask", [b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"])
def test_a_client_that_asks_for_it_gets_its_connection_closed(ask):
    with Simulator().serving() as simulator:
        assert raw(simulator.url, ask).startswith(b"HTTP/1.1 404 Not Found\r\n")


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_understood_as_http_is_answered_and_closed(sent):
    with Simulator().serving() as simulator:
        place = urlsplit(simulator.url)
        with socket.create_connection((place.hostname, place.port), timeout=5) as client:
            client.sendall(sent)
            assert client.recv(65536).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert simulator.calls == ()


def test_a_client_that_leaves_before_its_call_is_complete_has_not_called():
    with Simulator().serving() as simulator:
        place = urlsplit(simulator.url)
        with socket.create_connection((place.hostname, place.port)) as client:
            client.sendall(b"POST " + CAPTURE.encode() + b" HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        with connection(simulator.url) as other:
            capture(other)
    assert [call.status for call in simulator.calls] == [200]


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("drop", RemoteDisconnected),
        ("reset", ConnectionResetError),
        ("half_body", IncompleteRead),
        ("hang", TimeoutError),
    ],
)
def test_a_broken_connection_says_nothing_about_what_is_stored(kind, seen):
    with Simulator(faults=[Fault(kind, stores=True, times=1)]).serving() as simulator:
        with connection(simulator.url, timeout=0.3) as client, pytest.raises(seen) as broken:
            capture(client)
        # http.client calls a plain end a kind of reset; here the difference counts.
        assert broken.type is seen
        with connection(simulator.url) as client:
            assert capture(client)[0] == 200
    assert len(simulator.opportunities) == 2
    assert [call.fault for call in simulator.calls] == [kind, ""]


def test_a_connection_reset_right_after_it_was_accepted_carries_no_call():
    fault = Fault("reset_on_accept", nth=(2,))
    with Simulator(faults=[fault]).serving() as simulator:
        for broken in (False, True, False):
            with connection(simulator.url) as client:
                if broken:
                    with pytest.raises(ConnectionError):
                        capture(client)
                else:
                    assert capture(client)[0] == 200
    assert len(simulator.calls) == 2


def test_a_slow_answer_is_stored_although_the_client_no_longer_waits_for_it():
    with Simulator(faults=[Fault("slow_answer", seconds=0.3)]).serving() as simulator:
        with connection(simulator.url, timeout=0.1) as client, pytest.raises(TimeoutError):
            capture(client)
        assert len(simulator.opportunities) == 1


@pytest.mark.parametrize("kind", ["drop", "hang"])
def test_a_capture_lands_by_itself_after_its_connection_broke(kind):
    with Simulator(faults=[Fault(kind, store_later=0.8, times=1)]).serving() as simulator:
        with connection(simulator.url, timeout=0.1) as client, pytest.raises((TimeoutError, ConnectionError)):
            capture(client)
        assert simulator.opportunities == []
        wait_until(lambda: simulator.opportunities)
        with connection(simulator.url) as client:
            capture(client)
    assert [opportunity.call for opportunity in simulator.opportunities] == [1, 2]


def test_a_call_is_served_to_its_end_although_its_client_is_gone():
    with Simulator(latency=(0.5, 0.5)).serving() as simulator:
        place = urlsplit(simulator.url)
        for number in (1, 2):
            client = socket.create_connection((place.hostname, place.port))
            client.sendall(whole_call())
            wait_until(lambda arrived=number: len(simulator.calls) == arrived)
            if number == 2:
                client.setsockopt(
                    socket.SOL_SOCKET,
                    socket.SO_LINGER,
                    struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0),
                )
            client.close()
        assert simulator.opportunities == []
        wait_until(lambda: len(simulator.opportunities) == 2)


def test_a_redirect_names_its_place():
    with Simulator(faults=[Fault("http_302")]).serving() as simulator, connection(simulator.url) as client:
        client.request("POST", CAPTURE, body(), KEYS)
        reply = client.getresponse()
        assert (reply.status, reply.getheader("Location")) == (302, "/maintenance")


def test_calls_in_the_air_together_are_answered_together():
    with Simulator(rate=None, latency=(0.1, 0.1)).serving() as simulator:

        def one(number):
            with connection(simulator.url) as client:
                return capture(client, f"lead{number}@example.com")[0]

        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(one, range(20))) == {200}
    assert 0.2 <= time.monotonic() - began < 2
    assert len(simulator.leads) == 20


def test_other_threads_may_look_while_it_serves():
    with Simulator(rate=None).serving() as simulator:
        ended = threading.Event()

        def look():
            while not ended.is_set():
                assert len(simulator.opportunities) <= len(simulator.calls)
                assert len(simulator.leads) + len(simulator.activities) + len(simulator.captures) >= 0
                simulator.change_limit(10_000 + simulator.busiest(5), 5)

        def one(number):
            with connection(simulator.url) as client:
                return [capture(client, f"lead{number}-{each}@example.com")[0] for each in range(50)]

        with ThreadPoolExecutor(6) as pool:
            looks = [pool.submit(look) for _ in range(2)]
            answers = [pool.submit(one, number) for number in range(4)]
            assert {status for answer in answers for status in answer.result()} == {200}
            ended.set()
            for each in looks:
                each.result()
    assert len(simulator.opportunities) == len(simulator.leads) == 200


def test_two_captures_of_a_new_lead_sent_at_once_make_two_leads():
    with Simulator(latency=(0.1, 0.1)).serving() as simulator:

        def one(_):
            with connection(simulator.url) as client:
                return capture(client)[0]

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, range(2)))
    assert len(simulator.leads) == 2


def test_stopping_waits_for_nobody():
    faults = [Fault("hang", nth=(1,), store_later=60), Fault("slow_storing", seconds=60)]
    with Simulator(faults=faults).serving() as simulator:
        place = urlsplit(simulator.url)
        clients = [socket.create_connection((place.hostname, place.port)) for _ in range(4)]
        call = whole_call()
        for client, sent in zip(clients, (call, call, b"POST / HT", b""), strict=True):
            client.sendall(sent)
        with connection(simulator.url) as other:
            while len(simulator.calls) < 2:
                other.request("GET", "/simulator/ledger")
                other.getresponse().read()
        began = time.monotonic()
    assert time.monotonic() - began < 1
    for client in clients:
        client.close()
    assert simulator.opportunities == []
    assert not [thread for thread in threading.enumerate() if thread.name == "simulator"]


def test_what_was_stored_outlives_a_restart_on_the_same_port():
    simulator = Simulator()
    with simulator.serving(), connection(simulator.url) as client:
        capture(client)
    port = urlsplit(simulator.url).port or 0
    with simulator.serving(port), connection(simulator.url) as client:
        capture(client)
    assert (len(simulator.leads), len(simulator.opportunities)) == (1, 2)


def test_a_port_in_use_is_an_os_error():
    with Simulator().serving() as first:
        port = urlsplit(first.url).port or 0
        with pytest.raises(OSError), Simulator().serving(port):  # noqa: PT011 - its text is the system's
            pass


def test_serving_for_ever_ends_when_it_is_told_to():
    simulator, stop, urls = Simulator(), threading.Event(), []

    def announce(url):
        urls.append(url)
        with connection(url) as client:
            assert capture(client)[0] == 200
        threading.Timer(0.3, stop.set).start()

    simulator.serve_forever(0, announce, stop)
    assert urls == [simulator.url]
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(urlsplit(simulator.url).netloc).connect()


def test_serving_for_ever_ends_quietly_at_ctrl_c():
    def announce(url):
        raise KeyboardInterrupt

    Simulator().serve_forever(0, announce)
