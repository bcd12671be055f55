/**
 * The guide's words. A page may put its own in the place of each.
 *
 * @typedef {object} GuideStrings
 * @property {string} installTitle
 * @property {string} installWhy
 * @property {string} installStep how the command is run
 * @property {string} installCommand
 * @property {string} startStep
 * @property {string} start the link that starts what is installed
 * @property {string} waiting
 * @property {string} otherTitle where Lodger does not run
 * @property {string} otherWhy
 * @property {string} startingTitle
 * @property {string} askingTitle
 * @property {string} askingWhy
 * @property {string} deniedTitle
 * @property {string} deniedWhy
 * @property {string} helperTitle
 * @property {string} helperWhy
 * @property {string} helper the button that opens the helper window
 * @property {string} oldTitle
 * @property {string} oldStep
 * @property {string} oldCommand
 * @property {string} setupTitle
 * @property {string} setupWhy
 * @property {string} setupStep
 * @property {string} setupCommand
 * @property {string} retry
 * @property {string} copy
 * @property {string} copied
 */

const commands = {
  installCommand: 'sudo apt install lodger-desktop',
  oldCommand: 'sudo apt install --only-upgrade lodger-desktop',
  setupCommand: 'lodger setup',
}

/** @type {Record<string, GuideStrings>} */
export const languages = {
  en: {
    ...commands,
    installTitle: 'Install Lodger',
    installWhy: 'This page runs a virtual machine on your own computer. A small program, Lodger, does that, and asks you first.',
    installStep: 'Type this in a terminal:',
    startStep: 'If it is installed already:',
    start: 'Start Lodger',
    waiting: 'Leave this page open: it goes on by itself.',
    otherTitle: 'Lodger does not run on this computer',
    otherWhy: 'It needs Linux: Debian 12 or later on a PC. Open this page there.',
    startingTitle: 'Lodger is starting…',
    askingTitle: 'Your browser is asking you',
    askingWhy: 'Choose “Allow”, so that this page reaches Lodger on your computer.',
    deniedTitle: 'Your browser keeps this page from Lodger',
    deniedWhy: 'Allow this site to reach this device in the settings beside the address, then try again.',
    helperTitle: 'Your browser needs a second window',
    helperWhy: 'A small window passes on what this page and Lodger say to each other. Leave it open.',
    helper: 'Open the window',
    oldTitle: 'Your Lodger is too old for this page',
    oldStep: 'Type this in a terminal:',
    setupTitle: 'Something is missing on your computer',
    setupWhy: 'Virtual machines need QEMU and libvirt. Lodger installs them and asks you for an administrator’s password, outside this page.',
    setupStep: 'Type this in a terminal:',
    retry: 'Try again',
    copy: 'Copy',
    copied: 'Copied',
  },
  fr: {
    ...commands,
    installTitle: 'Installer Lodger',
    installWhy: 'Cette page exécute une machine virtuelle sur votre propre ordinateur. Un petit programme, Lodger, s’en charge et vous le demande d’abord.',
    installStep: 'Tapez ceci dans un terminal :',
    startStep: 'S’il est déjà installé :',
    start: 'Démarrer Lodger',
    waiting: 'Laissez cette page ouverte : elle continue d’elle-même.',
    otherTitle: 'Lodger ne fonctionne pas sur cet ordinateur',
    otherWhy: 'Il lui faut Linux : Debian 12 ou plus récent, sur un PC. Ouvrez cette page là-bas.',
    startingTitle: 'Lodger démarre…',
    askingTitle: 'Votre navigateur vous pose une question',
    askingWhy: 'Choisissez « Autoriser », pour que cette page atteigne Lodger sur votre ordinateur.',
    deniedTitle: 'Votre navigateur empêche cette page d’atteindre Lodger',
    deniedWhy: 'Autorisez ce site à accéder à cet appareil dans les réglages à côté de l’adresse, puis réessayez.',
    helperTitle: 'Votre navigateur a besoin d’une seconde fenêtre',
    helperWhy: 'Une petite fenêtre transmet ce que cette page et Lodger se disent. Laissez-la ouverte.',
    helper: 'Ouvrir la fenêtre',
    oldTitle: 'Votre Lodger est trop ancien pour cette page',
    oldStep: 'Tapez ceci dans un terminal :',
    setupTitle: 'Il manque quelque chose sur votre ordinateur',
    setupWhy: 'Les machines virtuelles ont besoin de QEMU et de libvirt. Lodger les installe et vous demande un mot de passe d’administrateur, hors de cette page.',
    setupStep: 'Tapez ceci dans un terminal :',
    retry: 'Réessayer',
    copy: 'Copier',
    copied: 'Copié',
  },
  de: {
    ...commands,
    installTitle: 'Lodger installieren',
    installWhy: 'Diese Seite lässt eine virtuelle Maschine auf Ihrem eigenen Computer laufen. Das macht ein kleines Programm, Lodger, und fragt Sie zuerst.',
    installStep: 'Geben Sie das in einem Terminal ein:',
    startStep: 'Wenn es schon installiert ist:',
    start: 'Lodger starten',
    waiting: 'Lassen Sie diese Seite offen: Es geht von selbst weiter.',
    otherTitle: 'Lodger läuft auf diesem Computer nicht',
    otherWhy: 'Es braucht Linux: Debian 12 oder neuer auf einem PC. Öffnen Sie diese Seite dort.',
    startingTitle: 'Lodger startet…',
    askingTitle: 'Ihr Browser fragt Sie etwas',
    askingWhy: 'Wählen Sie „Zulassen“, damit diese Seite Lodger auf Ihrem Computer erreicht.',
    deniedTitle: 'Ihr Browser lässt diese Seite nicht zu Lodger',
    deniedWhy: 'Erlauben Sie dieser Website in den Einstellungen neben der Adresse den Zugriff auf dieses Gerät, dann versuchen Sie es noch einmal.',
    helperTitle: 'Ihr Browser braucht ein zweites Fenster',
    helperWhy: 'Ein kleines Fenster reicht weiter, was diese Seite und Lodger einander sagen. Lassen Sie es offen.',
    helper: 'Fenster öffnen',
    oldTitle: 'Ihr Lodger ist zu alt für diese Seite',
    oldStep: 'Geben Sie das in einem Terminal ein:',
    setupTitle: 'Auf Ihrem Computer fehlt etwas',
    setupWhy: 'Virtuelle Maschinen brauchen QEMU und libvirt. Lodger installiert sie und fragt Sie außerhalb dieser Seite nach dem Passwort eines Administrators.',
    setupStep: 'Geben Sie das in einem Terminal ein:',
    retry: 'Noch einmal versuchen',
    copy: 'Kopieren',
    copied: 'Kopiert',
  },
  es: {
    ...commands,
    installTitle: 'Instalar Lodger',
    installWhy: 'Esta página ejecuta una máquina virtual en su propio ordenador. De eso se encarga un pequeño programa, Lodger, que antes le pregunta.',
    installStep: 'Escriba esto en un terminal:',
    startStep: 'Si ya está instalado:',
    start: 'Iniciar Lodger',
    waiting: 'Deje esta página abierta: continúa por sí sola.',
    otherTitle: 'Lodger no funciona en este ordenador',
    otherWhy: 'Necesita Linux: Debian 12 o posterior en un PC. Abra esta página allí.',
    startingTitle: 'Lodger se está iniciando…',
    askingTitle: 'Su navegador le hace una pregunta',
    askingWhy: 'Elija «Permitir» para que esta página llegue a Lodger en su ordenador.',
    deniedTitle: 'Su navegador no deja que esta página llegue a Lodger',
    deniedWhy: 'Permita que este sitio acceda a este dispositivo en los ajustes junto a la dirección y vuelva a intentarlo.',
    helperTitle: 'Su navegador necesita una segunda ventana',
    helperWhy: 'Una pequeña ventana transmite lo que esta página y Lodger se dicen. Déjela abierta.',
    helper: 'Abrir la ventana',
    oldTitle: 'Su Lodger es demasiado antiguo para esta página',
    oldStep: 'Escriba esto en un terminal:',
    setupTitle: 'Falta algo en su ordenador',
    setupWhy: 'Las máquinas virtuales necesitan QEMU y libvirt. Lodger los instala y le pide la contraseña de un administrador fuera de esta página.',
    setupStep: 'Escriba esto en un terminal:',
    retry: 'Volver a intentarlo',
    copy: 'Copiar',
    copied: 'Copiado',
  },
}

/**
 * The words in the first of some languages that there are words in; else in English.
 *
 * @param {readonly string[]} wanted such as `de-AT`
 * @param {Partial<GuideStrings>} own the page's, which come first
 * @returns {GuideStrings}
 */
export function stringsFor(wanted, own = {}) {
  const known = wanted.map((tag) => languages[tag.toLowerCase().split('-')[0] ?? '']).find((words) => words)
  return { .../** @type {GuideStrings} */ (known ?? languages.en), ...own }
}
