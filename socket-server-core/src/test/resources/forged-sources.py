"""Floods a server of UDP from forged sources, while ten peers that are known go on.

Arguments: the port, how many sources. The address and port of each source are its own.
"""
import socket
import struct
import sys
import time

port, sources = int(sys.argv[1]), int(sys.argv[2])
SERVER = ('127.0.0.1', port)
PATIENCE = 60


def ask(peer, text):
    """Asks until there is an answer: the buffer of the server's socket is full at times."""
    peer.settimeout(0.2)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        peer.sendto(text, SERVER)
        try:
            while True:
                answer = peer.recv(2048)
                if answer.startswith(text):
                    return answer
        except socket.timeout:
            pass
    raise SystemExit('no answer to %r' % text)


peers = []
for number in range(10):
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(('127.0.0.1', 0))
    peers.append((peer, ask(peer, b'bind %d' % number)))

raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
payload = b'who am I?'
length = 28 + len(payload)
target = socket.inet_aton('127.0.0.1')
asked = 0
for source in range(sources):
    # 127.1.0.0 and what follows, each with 4 ports.
    address = struct.pack('!I', 0x7f010000 + source // 4)
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, length, source & 0xffff, 0, 64, socket.IPPROTO_UDP, 0, address, target)
    raw.sendto(header + struct.pack('!HHHH', 40000 + source % 4, port, 8 + len(payload), 0) + payload, SERVER)
    if source % (sources // 20) == 0:
        peer, session = peers[asked % 10]
        if ask(peer, b'still %d' % asked) != b'still %d in %s' % (asked, session.split()[-1]):
            raise SystemExit('another session answers peer %d' % (asked % 10))
        asked += 1
for number, (peer, session) in enumerate(peers):
    answer = ask(peer, b'after %d' % number)
    if answer.split()[-1] != session.split()[-1]:
        raise SystemExit('peer %d had %r, and has %r' % (number, session, answer))
print('asked', asked + 10)
