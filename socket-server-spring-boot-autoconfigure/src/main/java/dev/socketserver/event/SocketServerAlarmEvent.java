package dev.socketserver.event;

import dev.socketserver.Alarm;
import dev.socketserver.SocketServer;
import org.jspecify.annotations.Nullable;

/**
 * Something about a server should be looked at. Published once when it begins, and again
 * only after it was over, or after a pause that its kind names.
 *
 * @param server the server
 * @param kind what kind of thing
 * @param detail what it is, with its figures, for people; nothing that a peer has sent
 * @param cause what failed, if something did
 */
public record SocketServerAlarmEvent(SocketServer server, Alarm.Kind kind, String detail, @Nullable Throwable cause) {

}
