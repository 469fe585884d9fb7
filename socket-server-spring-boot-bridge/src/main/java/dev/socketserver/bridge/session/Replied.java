package dev.socketserver.bridge.session;

/**
 * What a store completes with if it stores a message by having somebody reply to it.
 *
 * @param payload what is sent to the peer
 */
public record Replied(Object payload) {

}
