/** Made up. How IppoPay describes a bank is not known. */
export const BANKS = [
  { code: 'EMU1', name: 'Emulator Bank' },
  { code: 'EMU2', name: 'Second Emulator Bank' },
  { code: 'EMU3', name: 'Third Emulator Bank' },
]
