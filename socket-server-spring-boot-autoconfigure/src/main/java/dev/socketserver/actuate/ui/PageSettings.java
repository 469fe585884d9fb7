package dev.socketserver.actuate.ui;

/**
 * What the page is given by the application, the same in each request.
 *
 * @param application the name of the application; empty if it has none
 * @param evaluation whether sessions evaluate expressions that arrive over HTTP
 */
public record PageSettings(String application, boolean evaluation) {

}
