package dev.socketserver.spi;

/**
 * Is implemented by exceptions that say what is wrong with a message. If no handler deals
 * with one, the session closes with {@link dev.socketserver.CloseReason#HANDLER_ERROR},
 * and the log has a warning of one line: a peer causes no error. Its message must have
 * nothing of the payload.
 */
public interface PeerFault {

}
