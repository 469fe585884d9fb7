# Begins handshakes of TCP from an address that is not its own, and goes on as if it had seen the answers.
# Arguments: the port of a server on this machine, the address, how many. Prints how many handshakes the server's kernel has answered.
import socket, struct, sys, time

port, source, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
SERVER = '127.0.0.1'
SYN, PUSH, ACK = 0x02, 0x08, 0x10
forged = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
answers = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
answers.settimeout(1)


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def send(from_port, flags, sequence, acknowledged, data=b''):
    def tcp(total):
        return struct.pack('!HHIIBBHHH', from_port, port, sequence, acknowledged, 5 << 4, flags, 65535, total, 0) + data
    addresses = socket.inet_aton(source) + socket.inet_aton(SERVER)
    total = checksum(addresses + struct.pack('!BBH', 0, socket.IPPROTO_TCP, len(tcp(0))) + tcp(0))
    header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(tcp(0)), 0, 0, 64, socket.IPPROTO_TCP, 0) + addresses
    forged.sendto(header + tcp(total), (SERVER, 0))


def answered(to_port):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            packet = answers.recv(65536)
        except socket.timeout:
            return False
        header = (packet[0] & 15) * 4
        from_port, there = struct.unpack('!HH', packet[header:header + 4])
        if (from_port, there) == (port, to_port) and packet[header + 13] == SYN | ACK \
                and socket.inet_ntoa(packet[16:20]) == source:
            return True
    return False


known = 0
for i in range(count):
    here = 20000 + i
    send(here, SYN, 1000, 0)
    known += answered(here)
    send(here, ACK, 1001, 1)
    send(here, ACK | PUSH, 1001, 1, b'x' * 200 + b'\n')
print(known)
