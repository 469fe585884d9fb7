package dev.socketserver.actuate.ui;

/**
 * What a request that changes something has to send, since Spring Security asks for it.
 *
 * @param header the name of the header
 * @param token its value
 */
record CsrfHeader(String header, String token) {

}
